import { preload, setSource } from "./module.js";
import { defineElement } from "./pantoken-form.js";
import { defineRedirect } from "./pantoken-redirect.js";

export { defineElement };

/**
 * Says where the module is, before the first element needs it, and defines the elements.
 * @param {{ module?: string | URL }} [options]
 */
export function defineElements({ module } = {}) {
  if (module) setSource(module);
  defineElement();
  defineRedirect();
  preload();
}
