// A separate file, so that a strict Content-Security-Policy allows it. It is loaded before element.js, so that it
// receives every event.
const form = document.querySelector("pantoken-form");
const output = document.querySelector("output");

// The server has the token. Your back end reads it there, and never takes one from a page.
form.addEventListener("pantoken-saved", (event) => {
  output.textContent = event.detail.requestId;
});
form.addEventListener("pantoken-error", (event) => {
  output.textContent = event.detail.code;
});
