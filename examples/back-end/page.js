// The page gets no token: it asks its own back end what became of the card.
const form = document.querySelector("pantoken-form");
const output = document.querySelector("output");

form.addEventListener("pantoken-saved", async (event) => {
  const answer = await fetch("/card?requestId=" + event.detail.requestId);
  output.textContent = (await answer.json()).state;
});
form.addEventListener("pantoken-error", (event) => {
  output.textContent = event.detail.code;
});
