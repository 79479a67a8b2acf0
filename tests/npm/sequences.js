// Runs the recorded sequences through the built module: its decoder of inputs, its machine and its JSON.
// Usage: node sequences.js FOLDER GOLDEN, where FOLDER has the bindings and the modules.
import assert from "node:assert";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, golden] = process.argv.slice(2).map((path) => resolve(path));
const load = (name) => import(pathToFileURL(`${folder}/${name}`).href);
const { exchange } = await load("exchange.js");
const module = await load("module.js");
// The build puts the package's version in.
globalThis.VERSION = JSON.parse(readFileSync(new URL("../../web/element/package.json", import.meta.url), "utf8")).version;

/** Loads the module of this name for forms and buttons. */
function loadModule(name) {
  module.setSource("form", new Uint8Array(readFileSync(`${folder}/${name}_bg.wasm`)));
  return module.load("form");
}

/** Creates a form, and returns what hands it an input and returns its orders. */
function form({ create, handle }, attributes) {
  let number;
  exchange(attributes, () => (number = create()));
  return (input) => exchange(input, () => handle(number));
}

const complete = await loadModule("pantoken_element");
const modules = { form: await loadModule("pantoken_form"), redirect: await loadModule("pantoken_redirect") };
const sequences = JSON.parse(readFileSync(golden, "utf8"));
for (const { name, attributes, steps } of sequences) {
  for (const module of [complete, modules[attributes.element ?? "form"]]) {
    const told = form(module, attributes);
    for (const { input, orders } of steps) {
      assert.deepStrictEqual(told(input), orders, `${name}: ${JSON.stringify(input)}`);
    }
  }
}

// What it does not know is ignored, and the form goes on.
const told = form(modules.form, { ...sequences[0].attributes });
for (const input of [{}, { input: "jump" }, { input: "timerFired", timer: "lunch" }, { input: 5 }]) {
  const [{ order, subject }, ...more] = told(input);
  assert.deepStrictEqual([order, subject, more], ["logError", "input", []]);
}
assert.deepStrictEqual(told(Object.create({ input: "start" }))[0].order, "logError");
assert.strictEqual(told({ input: "start" })[0].order, "showFrame");

// A form that is finished is gone, and its number is another's.
told({ input: "destroy" });
assert.deepStrictEqual(told({ input: "start" }), []);

// A form that the script loads early is the one that the machine orders.
const { expectedFrame } = await load("early_form.js");
const SIGNED = "agentSign=3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";
const a2c = (origin, query) => ({
  formUrl: `${origin}/form?agentId=agent-01&requestId=123456789&${query}${SIGNED}`,
  requestId: "123456789",
  resultToken: "a-token",
  resultUrl: "https://shop.kz/v1/sessions/123456789/result",
});
const payin = { ...a2c("", ""), form: "payin", formUrl: "https://oplata.qiwi.com/form?invoiceUid=5" };
const ordered = (session, language, origin) => {
  const attributes = { session: JSON.stringify(session), language, "form-origin": origin, page: "https://shop.kz" };
  return form(modules.form, attributes)({ input: "start" }).find(({ order }) => order == "showFrame");
};
for (const [session, language, origin] of [
  [a2c("https://a2c.qiwi.kz", "language=ru&"), null, null],
  [a2c("https://a2c.qiwi.kz", "language=kz&"), "kz", null],
  [{ ...a2c("https://a2c.qiwi.kz", "language=en&"), form: "a2c" }, "en", null],
  [a2c("https://forms.shop.kz", "language=en&"), "en", "https://forms.shop.kz"],
  [payin, null, null],
  [payin, "kz", null],
]) {
  const expected = expectedFrame(session, language, origin);
  assert.strictEqual(expected.order, "showFrame");
  assert.deepStrictEqual(expected, ordered(session, language, origin));
  assert.deepStrictEqual(expectedFrame(JSON.stringify(session), language, origin), expected);
}
for (const [session, language, origin] of [
  [a2c("https://evil.kz", "language=ru&"), null, null],
  [a2c("https://a2c.qiwi.kz.evil.kz", "language=ru&"), null, null],
  [a2c("https://a2c.qiwi.kz", "language=ru&"), "en", null],
  [a2c("https://a2c.qiwi.kz", ""), null, null],
  [a2c("https://a2c.qiwi.kz", "language=ru&agentCallbackUrl=https%3A%2F%2Fshop.kz&"), "ru", null],
  [{ ...a2c("https://a2c.qiwi.kz", "language=ru&"), form: "payin" }, null, null],
  [{ ...payin, form: "a2c" }, null, null],
  [{ ...payin, form: "qiwi-pay" }, null, null],
  [{ ...payin, form: "constructor" }, null, null],
  [{ ...payin, formUrl: "javascript:alert(1)" }, null, null],
  [{ ...payin, formUrl: 5 }, null, null],
  ["{", null, null],
  [null, null, null],
]) {
  assert.strictEqual(expectedFrame(session, language, origin), undefined, JSON.stringify(session));
}
