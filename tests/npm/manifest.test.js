// custom-elements.json says of the element what the element itself does.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openPage } from "./dom.js";

const document = openPage("");
globalThis.location = document.location;
await import("pantoken");
const url = import.meta.resolve("pantoken/custom-elements.json");
const { modules } = JSON.parse(readFileSync(new URL(url), "utf8"));
const [element] = modules[0].declarations;
const names = (list) => list.map(({ name }) => name).sort();
const Class = customElements.get("pantoken-form");

test("the manifest has the element's attributes", () => {
  assert.deepEqual(names(element.attributes), [...Class.observedAttributes].sort());
});

test("the manifest has the element's properties and methods", () => {
  const own = [Class.prototype, Object.getPrototypeOf(Class.prototype)].flatMap(Object.getOwnPropertyNames);
  const standard = /^(constructor|handleEvent|.*Callback)$/;
  // A name that the build has shortened is the element's own.
  const members = own.filter((name) => name.length > 3 && !standard.test(name));
  assert.deepEqual(names(element.members), [...new Set(members)].sort());
});

test("the manifest has the parts, the custom properties and the events", () => {
  const form = document.createElement("pantoken-form");
  const script = readFileSync(new URL(import.meta.resolve("pantoken")), "utf8");
  for (const { name } of element.cssParts) assert.match(script, new RegExp(`"${name}"`));
  const module = readFileSync(new URL(import.meta.resolve("pantoken/module.wasm")), "latin1");
  for (const { name } of element.cssProperties) assert.ok(module.includes(name), name);
  const types = readFileSync(new URL("../../web/element/index.d.ts", import.meta.url), "utf8");
  const [, map] = types.match(/interface PantokenFormEventMap \{([^}]*)\}/);
  assert.deepEqual(names(element.events), [...map.matchAll(/"(.*?)":/g)].map(([, name]) => name).sort());
  assert.equal(form.shadowRoot.querySelectorAll("slot").length, element.slots.length);
});
