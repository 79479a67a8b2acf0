import { bind } from "./bindings.js";
import { limit } from "./driver.js";

/** How long the module may take to load, in milliseconds. */
const LOAD_TIMEOUT = 15000;

/**
 * A module itself, or where it is.
 * @typedef {Uint8Array<ArrayBuffer> | string | URL} Source
 * @typedef {import("./bindings.js").Exports} Exports
 */

/** The module for forms, and the one for buttons, which few pages have. @type {Record<string, Source>} */
const sources = {};

/** Each loads once for all elements of the page; after a failure the next one tries again.
 *  @type {Map<Source, Promise<Exports>>} */
const loading = new Map();

/** @param {"form" | "redirect"} name @param {Source} source */
export function setSource(name, source) {
  sources[name] = source;
}

/**
 * Loads the module for forms before a form needs it. Not at once, because the script that imports this one may still say
 * where the module is. A failure is reported by the form that needs it.
 */
export function preload() {
  if (globalThis.customElements && sources.form) Promise.resolve().then(() => load("form")).catch(() => {});
}

/** @param {"form" | "redirect"} name */
export function load(name) {
  const source = sources[name];
  const module = loading.get(source) ?? instantiate(source).catch(forget);
  loading.set(source, module);
  return module;

  /** @param {unknown} error @returns {never} */
  function forget(error) {
    loading.delete(source);
    throw error;
  }
}

/** @param {Source} source */
async function instantiate(source) {
  const bytes = source instanceof Uint8Array ? source : await download(source);
  // Not by streaming, which fails if the server does not send the type application/wasm.
  const compiled = await WebAssembly.compile(bytes);
  const [section] = WebAssembly.Module.customSections(compiled, "pantoken");
  const version = section ? new TextDecoder().decode(section) : "none";
  if (version != VERSION) {
    throw new Error(`the script has version ${VERSION} and its module ${source} version ${version}`);
  }
  const { imports, __wbg_set_wasm, create, handle } = bind();
  const { exports } = await WebAssembly.instantiate(compiled, { "./pantoken_element_bg.js": imports });
  __wbg_set_wasm(exports);
  return { create, handle };
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
