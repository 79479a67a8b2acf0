// The snippets of docs/embedding.md and web/element/README.md, which testing.test.js compares with them.
import "pantoken";
import { PantokenForm, PantokenRedirect } from "pantoken/react";

declare function showSaved(requestId: string): void;
declare function showError(code: string): void;

export const snippets = [
  // prettier-ignore
  <PantokenForm sessionUrl="/v1/sessions" language="en"
  onSaved={({ requestId }) => showSaved(requestId)} onError={({ code }) => showError(code)} />,
  <PantokenForm sessionUrl="/v1/sessions" language="en" onSaved={({ requestId }) => showSaved(requestId)} />,
  <pantoken-form session-url="/v1/sessions" language="en"
  onpantoken-saved={(event) => showSaved(event.detail.requestId)} />,
  // prettier-ignore
  <PantokenRedirect sessionUrl="/pay" language="en" onError={({ code }) => showError(code)}>Pay</PantokenRedirect>,
];
