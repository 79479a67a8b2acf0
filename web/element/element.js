import { setSource } from "./module.js";
import { defineElement, defineElements } from "./define.js";

// Each in one expression, so that bundlers see the file and carry it along.
setSource("form", new URL("./pantoken_form_bg.wasm", import.meta.url));
setSource("redirect", new URL("./pantoken_redirect_bg.wasm", import.meta.url));
defineElements();

export { defineElement, defineElements };
