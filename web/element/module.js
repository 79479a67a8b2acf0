import { BINDINGS } from "./bindings.js";
import { limit } from "./driver.js";
import { __wbg_set_wasm } from "./pantoken_element_bg.js";

/** How long the module may take to load, in milliseconds. */
const LOAD_TIMEOUT = 15000;

/** The module itself, or where it is. @type {Uint8Array<ArrayBuffer> | string | URL} */
let source;

/** Loads once for all elements of the page; after a failure the next one tries again.
 *  @type {Promise<void> | undefined} */
let loading;

/** @param {typeof source} value */
export function setSource(value) {
  source = value;
  loading = undefined;
}

/**
 * Loads the module before a form needs it. Not at once, because the script that imports this one may still say where the
 * module is. A failure is reported by the form that needs it.
 */
export function preload() {
  if (globalThis.customElements && source) Promise.resolve().then(load).catch(() => {});
}

export const load = () => (loading ??= instantiate().catch(forget));

async function instantiate() {
  const bytes = source instanceof Uint8Array ? source : await download(source);
  // Not by streaming, which fails if the server does not send the type application/wasm.
  const compiled = await WebAssembly.compile(bytes);
  const [section] = WebAssembly.Module.customSections(compiled, "pantoken");
  const version = section ? new TextDecoder().decode(section) : "none";
  if (version != VERSION) {
    throw new Error(`the script has version ${VERSION} and its module ${source} version ${version}`);
  }
  const { exports } = await WebAssembly.instantiate(compiled, { "./pantoken_element_bg.js": BINDINGS });
  __wbg_set_wasm(exports);
}

/** @param {string | URL} url */
async function download(url) {
  const { signal, release } = limit(LOAD_TIMEOUT);
  try {
    // @ts-ignore: What a page put on Object.prototype must not become an option.
    const response = await fetch(url, { __proto__: null, signal });
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
    return await response.arrayBuffer();
  } finally {
    release();
  }
}

/** @param {unknown} error @returns {never} */
function forget(error) {
  loading = undefined;
  throw error;
}
