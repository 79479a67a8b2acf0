// Says to the page that embeds or opened this one, or to itself, all that a form says. A test puts the
// request id of the page's form in.
const page = opener ?? parent;
for (const message of [
  "Ready",
  { status: "Ready" },
  '{"status":"Ready"}',
  { requestId: "REQUEST_ID", panToken: "forged" },
  '{"requestId":"REQUEST_ID","panToken":"forged"}',
  { requestId: "REQUEST_ID", errorCode: "INVALID_PAN", errorMessage: "forged" },
  { requestId: "REQUEST_ID", errorCode: "FORBIDDEN" },
]) {
  page.postMessage(message, "*");
}
