// Runs the recorded sequences through the built module: its decoder of inputs, its machine and its JSON.
// Usage: node sequences.js FOLDER GOLDEN, where FOLDER has the module's bindings and the module itself.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, golden] = process.argv.slice(2).map((path) => resolve(path));
const { create, handle, initSync } = await import(pathToFileURL(`${folder}/pantoken_element.js`).href);
const { exchange } = await import(pathToFileURL(`${folder}/exchange.js`).href);
initSync({ module: readFileSync(`${folder}/pantoken_element_bg.wasm`) });

/** Creates a form, and returns what hands it an input and returns its orders. */
function form(attributes) {
  let number;
  exchange(attributes, () => (number = create()));
  return (input) => exchange(input, () => handle(number));
}

const sequences = JSON.parse(readFileSync(golden, "utf8"));
for (const { name, attributes, steps } of sequences) {
  const told = form(attributes);
  for (const { input, orders } of steps) {
    assert.deepStrictEqual(told(input), orders, `${name}: ${JSON.stringify(input)}`);
  }
}

// What it does not know is ignored, and the form goes on.
const told = form({ ...sequences[0].attributes });
for (const input of [{}, { input: "jump" }, { input: "timerFired", timer: "lunch" }, { input: 5 }]) {
  const [{ order, subject }, ...more] = told(input);
  assert.deepStrictEqual([order, subject, more], ["logError", "input", []]);
}
assert.deepStrictEqual(told(Object.create({ input: "start" }))[0].order, "logError");
assert.strictEqual(told({ input: "start" })[0].order, "showFrame");

// A form that is finished is gone, and its number is another's.
told({ input: "destroy" });
assert.deepStrictEqual(told({ input: "start" }), []);
