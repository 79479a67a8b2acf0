// A file of its own, so that a strict Content-Security-Policy lets it run; before element.js, so
// that it misses no event.
const form = document.querySelector("pantoken-form");
const output = document.querySelector("output");

form.addEventListener("pantoken-saved", (event) => {
  output.textContent = event.detail.panToken;
});
form.addEventListener("pantoken-error", (event) => {
  output.textContent = event.detail.code;
});
