// Dispatches message events that a script created, as if the form had posted them. Their data counts when it
// is read, and must not be read.
window.reads = 0;
{
  const read = () => {
    window.reads++;
    throw new Error("read");
  };
  const cycle = { requestId: "REQUEST_ID", panToken: "forged" };
  cycle.errorMessage = cycle;
  const form = (document.querySelector("pantoken-form")?.shadowRoot ?? document).querySelector("iframe");
  const { origin } = new URL(form.src);
  for (const data of [
    "Ready",
    { status: "Ready" },
    { requestId: "REQUEST_ID", panToken: "forged" },
    { requestId: "REQUEST_ID", errorCode: "FORBIDDEN" },
    cycle,
    Object.defineProperty({}, "panToken", { get: read }),
    new Proxy({}, { get: read, has: read, getOwnPropertyDescriptor: read }),
  ]) {
    dispatchEvent(new MessageEvent("message", { data, origin, source: form.contentWindow }));
  }
}
