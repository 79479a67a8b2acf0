// The stand-in, under happy-dom here and under jsdom in the tests of the components.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Window } from "happy-dom";

const window = new Window();
for (const name of ["document", "HTMLElement", "customElements"]) globalThis[name] = window[name];
const { defineStandIn, emitError, emitReady, emitSaved } = await import("pantoken/testing");
defineStandIn();
defineStandIn();

/** A form in the document, and the details of what it emits. */
function open(attributes = "") {
  document.body.innerHTML = `<pantoken-form ${attributes}></pantoken-form>`;
  const form = document.querySelector("pantoken-form");
  const details = [];
  for (const name of ["ready", "saved", "error", "warning"]) {
    document.addEventListener(`pantoken-${name}`, ({ detail }) => details.push(detail));
  }
  return { form, details };
}

test("the stand-in is in the state that its last event says", () => {
  const { form } = open();
  assert.equal(form.state, "loading");
  emitReady(form);
  assert.equal(form.state, "ready");
  emitError(form, { code: "INVALID_PAN" });
  assert.equal(form.state, "ready");
  emitError(form, { code: "READY_TIMEOUT" });
  assert.equal(form.state, "failed");
  form.reload();
  assert.deepEqual([form.state, form.reloads], ["loading", 1]);
  emitSaved(form);
  form.reload();
  assert.deepEqual([form.state, form.reloads], ["saved", 1]);
});

test("the page has the token only where the element would tell it", () => {
  for (const [attributes, hasToken] of [
    ['session-url="/v1/sessions"', false],
    ['session-url="/v1/sessions" token="page"', true],
    ['form-url="https://a2c.qiwi.kz/form"', true],
  ]) {
    const { form, details } = open(attributes);
    emitSaved(form);
    assert.equal("panToken" in details[0], hasToken, attributes);
  }
});

test("what the element never does is an error", () => {
  const { form } = open();
  emitSaved(form);
  assert.throws(() => emitSaved(form), /at most once/);
  form.remove();
  assert.throws(() => emitReady(form), /not in the document/);
  assert.throws(() => emitReady(document.createElement("p")), /stand-in/);
  customElements.define("another-form", class extends HTMLElement {});
  assert.throws(() => defineStandIn("another-form"), /defined already/);
});

test("it knows the host codes of docs/embedding.md, and after which the customer can go on", () => {
  const table = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const rows = [...table.matchAll(/^\| `([A-Z_]+)` \| .* \| (yes|no) \|$/gm)];
  assert.equal(rows.length, 6);
  for (const [, code, recoverable] of rows) {
    const { form, details } = open();
    emitError(form, { code });
    assert.deepEqual([details[0].source, details[0].recoverable], ["host", recoverable === "yes"], code);
  }
});

test("the snippet of docs/embedding.md does what it says", async () => {
  const text = readFileSync(new URL("../../docs/embedding.md", import.meta.url), "utf8");
  const [, snippet] = text.match(/```js\n(import \{ defineStandIn[^`]*)```/);
  const file = new URL("snippet.mjs", import.meta.url);
  writeFileSync(file, snippet);
  await import(file.href);
  assert.equal(document.querySelector("pantoken-form").state, "saved");
});

test("the components' snippets in the documents are parts of what is type-checked", () => {
  const read = (name) => readFileSync(new URL(name, import.meta.url), "utf8");
  const checked = read("./snippets.tsx");
  for (const name of ["../../docs/embedding.md", "../../web/element/README.md"]) {
    const snippets = [...read(name).matchAll(/```jsx\nimport[^\n]*\n\n([^`]*)```/g)];
    assert.ok(snippets.length > 0);
    for (const [, snippet] of snippets) assert.ok(checked.includes(snippet.trim()), snippet);
  }
});
