// Runs the recorded sequences through the built module: its decoder of inputs, its machine and its JSON.
// Usage: node sequences.js FOLDER GOLDEN, where FOLDER has the module's bindings and the module itself.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, golden] = process.argv.slice(2).map((path) => resolve(path));
const { ElementForm, initSync } = await import(pathToFileURL(`${folder}/pantoken_element.js`).href);
initSync({ module: readFileSync(`${folder}/pantoken_element_bg.wasm`) });

const sequences = JSON.parse(readFileSync(golden, "utf8"));
for (const { name, attributes, steps } of sequences) {
  const form = new ElementForm(attributes);
  for (const { input, orders } of steps) {
    assert.deepStrictEqual(JSON.parse(form.handle(input)), orders, `${name}: ${JSON.stringify(input)}`);
  }
  form.free();
}

// What it does not know is ignored, and the form goes on.
const form = new ElementForm({ "form-url": sequences[0].attributes["form-url"] });
for (const input of [undefined, {}, { input: "jump" }, { input: "timerFired", timer: "lunch" }]) {
  const [{ order, subject }, ...more] = JSON.parse(form.handle(input));
  assert.deepStrictEqual([order, subject, more], ["logError", "input", []]);
}
assert.strictEqual(JSON.parse(form.handle({ input: "start" }))[0].order, "showFrame");
