// The same with the module inside, for bundlers that know no asset URLs.
import { setSource } from "./module.js";
import { defineElement, defineElements } from "./define.js";
import module from "./pantoken_element_bg.wasm";

// @ts-ignore: The build makes bytes of it.
setSource(module);
defineElements();

export { defineElement, defineElements };
