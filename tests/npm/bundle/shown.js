addEventListener("pantoken-saved", (event) => {
  document.querySelector("output").textContent = event.detail.requestId;
});
