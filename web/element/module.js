import { ElementForm, initSync } from "./pantoken_element.js";
import { abortAfter } from "./driver.js";

/** How long the module may take to load, in milliseconds. */
const LOAD_TIMEOUT = 15000;

/** Loads once for all elements of the page; after a failure the next one tries again.
 *  @type {Promise<typeof ElementForm> | undefined} */
let loading;

export const load = () => (loading ??= instantiate().catch(forget));

async function instantiate() {
  // In one expression, so that bundlers see the file and carry it along.
  const url = new URL("./pantoken_element_bg.wasm", import.meta.url);
  /** @type {RequestInit} */
  const options = {
    // What a page put on Object.prototype must not become an option.
    // @ts-ignore: TypeScript does not know that this sets the prototype.
    __proto__: null,
    signal: abortAfter(LOAD_TIMEOUT),
  };
  const response = await fetch(url, options);
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Not by streaming, which fails if the server does not send the type application/wasm.
  initSync({ module: await WebAssembly.compile(await response.arrayBuffer()) });
  return ElementForm;
}

/** @param {unknown} error @returns {never} */
function forget(error) {
  loading = undefined;
  throw error;
}
