// The same with the module inside, for bundlers that know no asset URLs.
import { setSource } from "./module.js";
import { defineElement, defineElements } from "./pantoken-form.js";
import module from "./pantoken_element_bg.wasm";

// @ts-ignore: The build makes bytes of it.
setSource(module);
defineElement();

export { defineElement, defineElements };
