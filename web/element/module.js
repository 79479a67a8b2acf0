import { inTime } from "../../crates/browser/widget/src/hands.js";

/** The exports of crates/browser/element/src/exports.rs, once they are there. */
let module;
/** Once for all elements of the page; after a failure the next one tries again. */
let loading;

export const load = () => (loading ??= instantiate().catch(forget));

async function instantiate() {
  // In one expression, so that bundlers see the file and carry it along.
  const url = new URL("./pantoken_element_bg.wasm", import.meta.url);
  const response = await fetch(url, { __proto__: null, signal: inTime() });
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Not by streaming, which a server that does not know the type application/wasm would break.
  const { instance } = await WebAssembly.instantiate(await response.arrayBuffer());
  module = instance.exports;
}

function forget(error) {
  loading = undefined;
  throw error;
}

/** The bytes of the letter: where they are changes with its length and with the memory's. */
const letter = (length) => {
  const address = module.letter(length);
  return new Uint8Array(module.memory.buffer, address, length);
};

function write(text) {
  const bytes = new TextEncoder().encode(text);
  letter(bytes.length).set(bytes);
}

/** The form that these attributes ask for: tell it what happened, and it gives orders. */
export function open(attributes) {
  write(attributes);
  const form = module.open();
  return {
    input(happened) {
      write(happened);
      return new TextDecoder().decode(letter(module.input(form)));
    },
    close() {
      module.close(form);
    },
  };
}
