// Posts everything that a form posts to the page that embeds or opened this one, or to itself. A test replaces
// REQUEST_ID by the request id of the page's form.
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
