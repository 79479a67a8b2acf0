// A separate file, so that a strict Content-Security-Policy allows it. It is loaded before element.js, so that it
// receives every event.
const form = document.querySelector("pantoken-form");
const output = document.querySelector("output");

form.addEventListener("pantoken-saved", (event) => {
  output.textContent = event.detail.panToken;
});
form.addEventListener("pantoken-error", (event) => {
  output.textContent = event.detail.code;
});
