import { preload, setSource } from "./module.js";
import { defineElement } from "./pantoken-form.js";
import { defineRedirect } from "./pantoken-redirect.js";

export { defineElement };

/**
 * Says where the modules are, before the first element needs one, and defines the elements. The button's
 * module is beside the form's, unless `redirectModule` names another place.
 * @param {{ module?: string | URL, redirectModule?: string | URL }} [options]
 */
export function defineElements({ module, redirectModule = module && besideOf(module) } = {}) {
  if (module) setSource("form", module);
  if (redirectModule) setSource("redirect", redirectModule);
  defineElement();
  defineRedirect();
  preload();
}

/** Puts another name in place of the file's, before its query if it has one. @param {string | URL} module */
const besideOf = (module) => ("" + module).replace(/[^/?#]*(?=[?#]|$)/, `pantoken-redirect-${VERSION}.wasm`);
