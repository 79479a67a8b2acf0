// The same with the module inside, for bundlers that know no asset URLs. It is one module for forms and buttons.
import { setSource } from "./module.js";
import { defineElement, defineElements } from "./define.js";
import module from "./pantoken_element_bg.wasm";

// The build makes bytes of it.
setSource("form", module);
setSource("redirect", module);
defineElements();

export { defineElement, defineElements };
