// Adds values to Object.prototype: fields of a form's messages and of a session, and attributes of a frame.
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
