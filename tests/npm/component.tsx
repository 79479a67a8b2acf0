// The component of `pantoken/react` and the tag under React 18 and 19, and after `@ts-expect-error` what they refuse.
import type { PantokenFormElement, Session } from "pantoken";
import { PantokenForm } from "pantoken/react";
import { useRef } from "react";

export function Card({ session }: { session: Session | undefined }) {
  const form = useRef<PantokenFormElement>(null);
  return (
    <>
      <PantokenForm
        ref={form}
        sessionUrl="/v1/sessions"
        language="kz"
        readyTimeout={20000}
        className="card"
        style={{ display: "block" }}
        texts={{ retry: "Once more" }}
        onReady={({ requestId }) => requestId.length}
        onSaved={({ panToken }, event) => [panToken, event.target]}
        onError={(error) => error.source === "host" && error.problem?.status}
        onWarning={({ code }) => code === "REPORT_DELAYED"}
        onClick={() => form.current?.reload()}
      >
        <p>loading</p>
      </PantokenForm>
      <PantokenForm session={session} token="page" />
      <PantokenForm formUrl="https://a2c.qiwi.kz/form?…" formOrigin="https://forms.example.kz" key="1" />
      <PantokenForm sessionUrl="/v1/sessions" flow="redirect" returnUrl="https://shop.kz/cards" />
      {/* @ts-expect-error a form has one source */}
      <PantokenForm />
      {/* @ts-expect-error and not both */}
      <PantokenForm sessionUrl="/v1/sessions" formUrl="https://a2c.qiwi.kz/form?…" />
      {/* @ts-expect-error there is no such language */}
      <PantokenForm sessionUrl="/v1/sessions" language="de" />
      {/* @ts-expect-error no such property */}
      <PantokenForm sessionUrl="/v1/sessions" amount="5" />
      {/* @ts-expect-error a saved card has no code */}
      <PantokenForm sessionUrl="/v1/sessions" onSaved={({ code }) => code} />
      <pantoken-form session-url="/v1/sessions" />
      {/* @ts-expect-error the tag is typed too */}
      <pantoken-form session-url="/v1/sessions" language="de" />
    </>
  );
}
