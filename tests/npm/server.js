// On a server there is no page, and importing the package is no harm.
import assert from "node:assert/strict";
import { defineElement } from "pantoken";

assert.equal(typeof customElements, "undefined");
assert.equal(defineElement(), undefined);
assert.equal(defineElement("card-form"), undefined);

const inline = await import("pantoken/inline");
assert.equal(inline.defineElements({ module: "/pantoken-0.1.0.wasm" }), undefined);
