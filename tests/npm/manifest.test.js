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
const names = (list) => list.map(({ name }) => name).sort();
const types = readFileSync(new URL("../../web/element/index.d.ts", import.meta.url), "utf8");

/** Returns all of an element's own methods and properties, the inherited ones as well. */
function membersOf(Class) {
  const own = [];
  for (let prototype = Class.prototype; prototype !== HTMLElement.prototype; prototype = Object.getPrototypeOf(prototype)) {
    own.push(...Object.getOwnPropertyNames(prototype));
  }
  const standard = /^(constructor|handleEvent|.*Callback)$/;
  // A name that the build has shortened is the element's own.
  return [...new Set(own.filter((name) => name.length > 3 && !standard.test(name)))].sort();
}

for (const element of modules[0].declarations.filter(({ customElement }) => customElement)) {
  const { tagName } = element;
  const Class = customElements.get(tagName);

  test(`the manifest has the attributes of ${tagName}`, () => {
    assert.deepEqual(names(element.attributes), [...Class.observedAttributes].sort());
  });

  test(`the manifest has the properties and methods of ${tagName}`, () => {
    const members = membersOf(Class);
    // A property without an attribute here is one of the form's that the button inherits.
    const ofForm = membersOf(customElements.get("pantoken-form")).filter((name) => !names(element.members).includes(name));
    const expected = tagName === "pantoken-form" ? members : members.filter((name) => !ofForm.includes(name));
    assert.deepEqual(names(element.members), expected);
  });

  test(`the manifest has the parts, the custom properties and the events of ${tagName}`, () => {
    const form = document.createElement(tagName);
    const script = readFileSync(new URL(import.meta.resolve("pantoken")), "utf8");
    for (const { name } of element.cssParts) assert.match(script, new RegExp(`["\\s]${name}["\\s]`));
    const module = readFileSync(new URL(import.meta.resolve("pantoken/module.wasm")), "latin1");
    for (const { name } of element.cssProperties ?? []) assert.ok(module.includes(name), name);
    const map = /interface PantokenFormEventMap \{([^}]*)\}/.exec(types)[1];
    const events = tagName === "pantoken-form" ? [...map.matchAll(/"(.*?)":/g)].map(([, name]) => name) : ["pantoken-error"];
    assert.deepEqual(names(element.events), events.sort());
    assert.equal(form.shadowRoot.querySelectorAll("slot").length, element.slots.length);
  });
}
