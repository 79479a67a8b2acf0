// A file of its own, because a strict content security policy forbids an inline script.
import init from "./pantoken-demo.js";

init({ module_or_path: "./pantoken-demo_bg.wasm" }).catch((error) => {
  document.querySelector("#app").textContent = `pantoken: ${error}`;
});
