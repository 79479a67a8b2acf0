import { setSource } from "./module.js";
import { defineElement, defineElements } from "./define.js";

// In one expression, so that bundlers see the file and carry it along.
setSource(new URL("./pantoken_element_bg.wasm", import.meta.url));
defineElements();

export { defineElement, defineElements };
