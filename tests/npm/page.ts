// What a page may write, and after `@ts-expect-error` what it may not.
import { defineElement, defineElements } from "pantoken";
import { defineElement as defineInline } from "pantoken/inline";
import type { ErrorDetail, FormState, HostErrorCode, PantokenFormElement, PantokenRedirectElement } from "pantoken";

defineElement();
defineElement("card-form");
defineInline();
defineElements();
defineElements({ module: "/assets/pantoken-0.1.0.wasm" });
defineElements({ module: "/assets/form.1a2b.wasm", redirectModule: "/assets/button.3c4d.wasm" });
defineElements({ module: new URL("https://shop.kz/pantoken-0.1.0.wasm") });
// @ts-expect-error a tag is a text
defineElement(1);

const form: PantokenFormElement = document.createElement("pantoken-form");
const found: PantokenFormElement | null = document.querySelector("pantoken-form");
found?.reload();

const state: FormState = form.state;
// @ts-expect-error it is the form's to say
form.state = "ready";
// @ts-expect-error there is no such state
state === "done";

form.addEventListener("pantoken-ready", (event) => {
  const requestId: string = event.detail.requestId;
  // @ts-expect-error a number could not hold all its digits
  const rounded: number = event.detail.requestId;
  return [requestId, rounded];
});
form.addEventListener("pantoken-saved", (event) => {
  const panToken: string | undefined = event.detail.panToken;
  // @ts-expect-error the page never has the card's number
  return [panToken, event.detail.pan];
});
form.texts = { retry: "Once more", title: "Card" };
// @ts-expect-error there is no such text
form.texts = { hello: "Hello" };
form.sessionUrl = "/v1/sessions";
form.session = { requestId: "1", formUrl: "url", resultToken: "token", resultUrl: "url", expiresAt: "later" };
form.session = null;

form.addEventListener("pantoken-warning", ({ detail }) => detail.code === "REQUEST_MISMATCH");
form.addEventListener("pantoken-error", function ({ detail }) {
  this.reload();
  return advise(detail);
});
form.addEventListener("click", (event) => event.clientX);
// @ts-expect-error what is no custom event has no detail
form.addEventListener("click", (event) => event.detail.panToken);

function advise(error: ErrorDetail): string | null {
  if (error.source === "form") {
    // A code that the provider adds some day is kept as it came.
    const code: string = error.code;
    return error.recoverable ? code : error.requestId;
  }
  const code: HostErrorCode = error.code;
  // @ts-expect-error the page's own codes are all known
  if (code === "SOMETHING_ELSE") return null;
  if (code === "LOAD_FAILED") return null;
  const refused: string | undefined = error.problem?.code;
  return code === "SESSION_FAILED" ? (refused ?? error.message) : null;
}

const button: PantokenRedirectElement = document.createElement("pantoken-redirect");
button.session = { requestId: "order-7", form: "qiwi-pay", method: "POST", formUrl: "url", fields: { sign: "1" } };
// @ts-expect-error the provider has no such form
button.session = { requestId: "order-7", form: "other", formUrl: "url" };
// @ts-expect-error a button has no frame that could be ready
button.state === "ready";
button.addEventListener("pantoken-error", ({ detail }) => advise(detail));
