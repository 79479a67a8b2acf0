// The component under Vue: on a server, hydrated, updated, and at its end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaintsOf, openPage } from "./dom.js";

const document = openPage('<div id="app"></div><div id="other"></div>');
const { createApp, createSSRApp, h, nextTick, reactive, ref } = await import("vue");
const { renderToString } = await import("vue/server-renderer");
const { PantokenForm, PantokenRedirect } = await import("pantoken/vue");
const { defineStandIn, emitError, emitReady, emitSaved, emitWarning } = await import("pantoken/testing");
defineStandIn();

const PROPS = { sessionUrl: "/v1/sessions", language: "en", class: "card" };
const page = (props) => ({ render: () => h("main", h(PantokenForm, props, () => "loading")) });

/** Mounts the component, and returns the element, what the page heard, and the app. */
function mount(props) {
  const heard = [];
  const hear = (name) => (detail) => heard.push([name, detail.requestId]);
  const listeners = { onReady: hear("ready"), onSaved: hear("saved"), onError: hear("error"), onWarning: hear("warning") };
  const app = createApp({ render: () => h(PantokenForm, { ...listeners, ...props }) });
  app.mount("#other");
  return { form: document.querySelector("#other pantoken-form"), heard, app };
}

test("Vue renders the tag on a server and hydrates it, without a complaint", async () => {
  const saved = [];
  let before;
  const complaints = await complaintsOf(async () => {
    const html = await renderToString(createSSRApp(page(PROPS)));
    assert.match(html, /<pantoken-form [^>]*session-url="\/v1\/sessions"/);
    document.getElementById("app").innerHTML = html;
    before = document.querySelector("#app pantoken-form");
    const app = createSSRApp(page({ ...PROPS, onSaved: ({ requestId }) => saved.push(requestId) }));
    app.mount("#app");
    await nextTick();
  });
  assert.deepEqual(complaints, []);
  assert.equal(document.querySelector("#app pantoken-form"), before);
  emitSaved(before, { requestId: "7" });
  assert.deepEqual(saved, ["7"]);
});

test("each event is emitted once, until the component ends", () => {
  const { form, heard, app } = mount({ sessionUrl: "/v1/sessions" });
  emitReady(form);
  emitWarning(form, { code: "REPORT_DELAYED" });
  emitError(form, { code: "INVALID_PAN" });
  emitSaved(form);
  const names = heard.map(([name]) => name);
  assert.deepEqual(names, ["ready", "warning", "error", "saved"]);
  app.unmount();
  assert.equal(document.querySelector("#other pantoken-form"), null);
});

test("a session is a property, which an equal one does not set again", async () => {
  const session = { requestId: "5", formUrl: "url", resultToken: "secret", resultUrl: "url" };
  const props = reactive({ session: { ...session }, texts: { retry: "Once more" } });
  const { form, app } = mount(props);
  const given = form.session;
  assert.deepEqual({ ...given }, session);
  assert.deepEqual({ ...form.texts }, { retry: "Once more" });
  assert.doesNotMatch(form.outerHTML, /secret/);
  props.session = { ...session };
  await nextTick();
  assert.equal(form.session, given);
  props.session.requestId = "6";
  await nextTick();
  assert.equal(form.session.requestId, "6");
  app.unmount();
});

test("attributes follow the properties, and what is exposed reaches the element", async () => {
  const props = reactive({ sessionUrl: "/a", language: "kz", class: "card" });
  const component = ref();
  const { form, app } = mount(props);
  assert.equal(form.className, "card");
  Object.assign(props, { sessionUrl: "/b", language: undefined });
  await nextTick();
  assert.deepEqual([form.getAttribute("session-url"), form.getAttribute("language")], ["/b", null]);
  app.unmount();

  const second = createApp({ render: () => h(PantokenForm, { ref: component, ...PROPS }) });
  second.mount("#other");
  component.value.reload();
  assert.equal(component.value.element.reloads, 1);
  second.unmount();
});

test("the button has its own properties and its one event", async () => {
  customElements.define("pantoken-redirect", class extends HTMLElement {});
  const errors = [];
  const props = { sessionUrl: "/pay", language: "en", onError: ({ code }) => errors.push(code) };
  const app = createApp({ render: () => h(PantokenRedirect, props, () => "Pay") });
  app.mount("#other");
  const button = document.querySelector("#other pantoken-redirect");
  assert.deepEqual([button.textContent, button.getAttribute("session-url")], ["Pay", "/pay"]);
  button.dispatchEvent(new CustomEvent("pantoken-error", { detail: { code: "SESSION_FAILED" } }));
  assert.deepEqual(errors, ["SESSION_FAILED"]);
  app.unmount();
});
