// The component under the React that is installed: on a server, in StrictMode, and at its end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement as h, createRef, StrictMode, useState, version } from "react";
import { renderToString } from "react-dom/server";
import { complaintsOf, openPage } from "./dom.js";

const { PantokenForm: OnServer } = await import("pantoken/react");
const PROPS = { sessionUrl: "/v1/sessions", language: "en", readyTimeout: 20000, className: "card", hidden: false };
const page = (Form, props) => h(StrictMode, null, h("main", null, h(Form, props, "loading")));

let html;
const onServer = await complaintsOf(() => (html = renderToString(page(OnServer, PROPS))));

const document = openPage(`<div id="app">${html}</div><div id="other"></div>`);
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
const { createRoot, hydrateRoot } = await import("react-dom/client");
const act = (await import("react")).act;
const { defineStandIn, emitError, emitReady, emitSaved, emitWarning } = await import("pantoken/testing");
// Evaluated anew, as a browser does.
const { PantokenForm, PantokenRedirect } = await import(`${import.meta.resolve("pantoken/react")}?browser`);
defineStandIn();

/** Renders into the place with this id, and returns the element, what the page heard, and the root. */
async function mount(props, id = "other") {
  const heard = [];
  const hear = (name) => (detail, event) => heard.push([name, detail.requestId, event.type]);
  const listeners = { onReady: hear("ready"), onSaved: hear("saved"), onError: hear("error"), onWarning: hear("warning") };
  const root = createRoot(document.getElementById(id));
  await act(() => root.render(page(PantokenForm, { ...listeners, ...props })));
  return { form: document.querySelector(`#${id} pantoken-form`), heard, root };
}

test(`React ${version} renders the tag on a server, without a complaint`, () => {
  assert.deepEqual(onServer, []);
  assert.match(html, /<pantoken-form [^>]*session-url="\/v1\/sessions"/);
  assert.match(html, /class="card"/);
  assert.match(html, /ready-timeout="20000"/);
  assert.doesNotMatch(html, /hidden/);
});

test("it hydrates that tag without a complaint, and listens", async () => {
  const before = document.querySelector("#app pantoken-form");
  const saved = [];
  let root;
  const complaints = await complaintsOf(() =>
    act(() => {
      const props = { ...PROPS, onSaved: ({ requestId }) => saved.push(requestId) };
      root = hydrateRoot(document.getElementById("app"), page(PantokenForm, props));
    }),
  );
  assert.deepEqual(complaints, []);
  assert.equal(document.querySelector("#app pantoken-form"), before);
  emitSaved(before, { requestId: "7" });
  assert.deepEqual(saved, ["7"]);
  await act(() => root.unmount());
});

test("in StrictMode there is one form, and each event is heard once", async () => {
  const { form, heard, root } = await mount({ sessionUrl: "/v1/sessions" });
  assert.equal(document.querySelectorAll("#other pantoken-form").length, 1);
  emitReady(form);
  emitWarning(form, { code: "REPORT_DELAYED" });
  emitError(form, { code: "INVALID_PAN" });
  emitSaved(form);
  assert.deepEqual(heard, [
    ["ready", "123456789", "pantoken-ready"],
    ["warning", "123456789", "pantoken-warning"],
    ["error", "123456789", "pantoken-error"],
    ["saved", "123456789", "pantoken-saved"],
  ]);
  await act(() => root.unmount());
  assert.equal(document.querySelector("#other pantoken-form"), null);
  form.dispatchEvent(new CustomEvent("pantoken-ready", { detail: {} }));
  assert.equal(heard.length, 4);
});

test("an event calls the latest function, and only that of its own form", async () => {
  const seen = [];
  function Counting() {
    const [count, setCount] = useState(0);
    const onReady = () => (seen.push(count), setCount(count + 1));
    return h(PantokenForm, { sessionUrl: "/v1/sessions", onReady }, h("pantoken-form"));
  }
  const root = createRoot(document.getElementById("other"));
  await act(() => root.render(h(StrictMode, null, h(Counting))));
  const [outer, inner] = document.querySelectorAll("#other pantoken-form");
  await act(() => emitReady(outer));
  await act(() => emitReady(inner));
  await act(() => emitReady(outer));
  assert.deepEqual(seen, [0, 1]);
  await act(() => root.unmount());
});

test("a session is a property, which an equal one does not set again", async () => {
  const session = { requestId: "5", formUrl: "url", resultToken: "secret", resultUrl: "url" };
  const texts = { retry: "Once more" };
  const { form, root } = await mount({ session, texts });
  assert.deepEqual([form.session, form.texts], [session, texts]);
  assert.doesNotMatch(form.outerHTML, /secret/);
  await act(() => root.render(page(PantokenForm, { session: { ...session } })));
  assert.equal(form.session, session);
  assert.equal(form.texts, undefined);
  await act(() => root.render(page(PantokenForm, { session: JSON.stringify({ ...session, requestId: "6" }) })));
  assert.equal(form.session.requestId, "6");
  await act(() => root.unmount());
});

test("attributes follow the properties, and other properties are the tag's", async () => {
  const { form, root } = await mount({ sessionUrl: "/a", language: "kz", hidden: true, id: "card", title: "Card", "data-x": "1" });
  assert.equal(form.outerHTML.includes("onready"), false);
  assert.deepEqual([form.id, form.dataset?.x, form.hidden], ["card", "1", true]);
  assert.equal(form.title, "Card");
  await act(() => root.render(page(PantokenForm, { sessionUrl: "/b", id: "card" })));
  const names = ["session-url", "language", "hidden", "title"];
  assert.deepEqual(names.map((name) => form.getAttribute(name)), ["/b", null, null, ""]);
  await act(() => root.unmount());
});

test("a ref gives the element, and loses it at the end", async () => {
  const ref = createRef();
  const { form, root } = await mount({ ref, sessionUrl: "/v1/sessions" });
  assert.equal(ref.current, form);
  ref.current.reload();
  assert.equal(form.reloads, 1);
  await act(() => root.unmount());
  assert.equal(ref.current, null);
});

test("the button has its own properties and its one event", async () => {
  const errors = [];
  const root = createRoot(document.getElementById("other"));
  const render = (props) => act(() => root.render(h(StrictMode, null, h(PantokenRedirect, props, "Pay"))));
  customElements.define("pantoken-redirect", class extends HTMLElement {});
  const session = { requestId: "order-7", form: "qiwi-pay", formUrl: "url", fields: { sign: "secret" } };
  await render({ session, language: "en", readyTimeout: 1, onError: ({ code }) => errors.push(code) });
  const button = document.querySelector("#other pantoken-redirect");
  assert.deepEqual([button.textContent, button.getAttribute("language")], ["Pay", "en"]);
  assert.equal(button.getAttribute("ready-timeout"), null);
  assert.equal(button.session, session);
  assert.doesNotMatch(button.outerHTML, /secret/);
  const detail = { code: "SESSION_FAILED" };
  button.dispatchEvent(new CustomEvent("pantoken-error", { detail, bubbles: true, composed: true }));
  assert.deepEqual(errors, ["SESSION_FAILED"]);
  await act(() => root.unmount());
});
