// Runs on the page that the frame FRAME floods. Counts the messages, and asks for more until the flood is
// over. Also counts the rendered pictures and the handled clicks, which a customer would notice.
{
  const STEP = 100;
  const flooded = (window.flooded = { handled: 0, pictures: 0, clicks: 0, over: false });
  const find = (selector) => {
    const form = document.querySelector("pantoken-form");
    return form?.shadowRoot?.querySelector(selector) ?? document.querySelector(selector);
  };
  const goesOn = () => flooded.handled > 0 && !flooded.over;
  const button = document.createElement("button");
  button.id = "flooded";
  button.textContent = "Click";
  button.onclick = () => (flooded.clicks += goesOn());
  document.body.prepend(button);
  const draw = () => {
    flooded.pictures += goesOn();
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  addEventListener("message", ({ source }) => {
    if (source !== find("FRAME")?.contentWindow) return;
    flooded.handled++;
    if (flooded.handled % STEP === 0 && goesOn()) source.postMessage("more", "*");
  });
}
