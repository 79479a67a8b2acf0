// What JSX may have, and after `@ts-expect-error` what it may not.
import type { PantokenFormElement } from "pantoken";
import { useRef } from "react";

export function Card() {
  const form = useRef<PantokenFormElement>(null);
  return (
    <>
      <pantoken-form
        ref={form}
        session-url="/v1/sessions"
        language="kz"
        ready-timeout={20000}
        className="card"
        style={{ display: "block" }}
        onpantoken-saved={(event) => event.detail.panToken}
        onpantoken-error={(event) => event.detail.source === "host" && form.current?.reload()}
      />
      <pantoken-form form-url={undefined} />
      <pantoken-form form-url="https://a2c.qiwi.kz/form?…" form-origin="https://forms.example.kz" />
      <pantoken-form session-url="/v1/sessions" flow="redirect" return-url="https://shop.kz/cards" />
      {/* @ts-expect-error a form URL says its flow itself */}
      <pantoken-form form-url="https://a2c.qiwi.kz/form?…" flow="redirect" />
      {/* @ts-expect-error a form has one source */}
      <pantoken-form />
      {/* @ts-expect-error and not both */}
      <pantoken-form session-url="/v1/sessions" form-url="https://a2c.qiwi.kz/form?…" />
      <pantoken-form session-url="/v1/sessions" language="kk" token="page" />
      <pantoken-form session='{"requestId":"1"}' />
      {/* @ts-expect-error there is no such language */}
      <pantoken-form session-url="/v1/sessions" language="de" />
      {/* @ts-expect-error no such attribute */}
      <pantoken-form session-url="/v1/sessions" amount="5" />
      {/* @ts-expect-error an origin has a scheme */}
      <pantoken-form session-url="/v1/sessions" form-origin="forms.example.kz" />
      {/* @ts-expect-error a saved card has no code */}
      <pantoken-form session-url="/v1/sessions" onpantoken-saved={(event) => event.detail.code} />
      <pantoken-form session-url="/v1/sessions">loading</pantoken-form>
      <div className="any other tag" />
      {/* @ts-expect-error the other tags keep their types */}
      <div className={5} />
    </>
  );
}
