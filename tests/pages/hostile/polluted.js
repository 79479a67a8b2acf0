// Puts words on every object: those of a form's messages, of a session, and of a frame's attributes.
Object.assign(Object.prototype, {
  status: "Ready",
  requestId: "1",
  panToken: "forged",
  errorCode: "FORBIDDEN",
  errorMessage: "forged",
  resultToken: "forged",
  srcdoc: "<title>not the form</title>",
  onload: "window.forged = true",
});
