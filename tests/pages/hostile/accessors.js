// Puts accessors on every object that give a forged word: of a form's messages, of a session, of a
// frame's attributes, of a call's options and of a violation of the page's policy. Keeps the names of
// those that something is set by.
window.kept = [];
for (const [name, forged] of Object.entries({
  status: "Ready",
  requestId: "1",
  panToken: "forged",
  errorCode: "FORBIDDEN",
  errorMessage: "forged",
  formUrl: "https://forms.agent.kz/form",
  resultToken: "forged",
  recoverable: true,
  srcdoc: "<title>not the form</title>",
  onload: "window.forged = true",
  integrity: "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
  mode: "same-origin",
  credentials: "omit",
  cache: "only-if-cached",
  redirect: "error",
  window: {},
  cancelable: true,
  effectiveDirective: "frame-src",
  blockedURI: "",
  disposition: "enforce",
})) {
  Object.defineProperty(Object.prototype, name, {
    get: () => forged,
    set(value) {
      kept.push(name);
      Object.defineProperty(this, name, { value, writable: true, enumerable: true, configurable: true });
    },
    configurable: true,
  });
}
