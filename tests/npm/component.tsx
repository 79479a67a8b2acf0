// The component of `pantoken/react` and the tag under React 18 and 19, and after `@ts-expect-error` what they refuse.
import type { PantokenFormElement, PantokenRedirectElement, RedirectSession, Session } from "pantoken";
import { PantokenForm, PantokenRedirect } from "pantoken/react";
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

export function Pay({ session }: { session: RedirectSession }) {
  const button = useRef<PantokenRedirectElement>(null);
  return (
    <>
      <PantokenRedirect
        ref={button}
        sessionUrl="/pay"
        language="kz"
        returnUrl="https://shop.kz/paid"
        formOrigin="https://forms.example.kz"
        className="pay"
        title="Pay by card"
        texts={{ retry: "Once more" }}
        onError={(error, event) => [error.source === "host" && error.problem?.status, event.target]}
        onClick={() => button.current?.reload()}
      >
        Pay
      </PantokenRedirect>
      <PantokenRedirect session={session}>Pay</PantokenRedirect>
      {/* @ts-expect-error a button leads somewhere */}
      <PantokenRedirect />
      {/* @ts-expect-error a session has its return URL already */}
      <PantokenRedirect session={session} returnUrl="https://shop.kz/paid" />
      {/* @ts-expect-error a button has no frame that could be ready */}
      <PantokenRedirect sessionUrl="/pay" onReady={() => {}} />
      {/* @ts-expect-error nor a form URL */}
      <PantokenRedirect formUrl="https://a2c.qiwi.kz/form?…" />
      <pantoken-redirect session-url="/pay">Pay</pantoken-redirect>
      {/* @ts-expect-error the tag is typed too */}
      <pantoken-redirect session-url="/pay" language="de" />
    </>
  );
}
