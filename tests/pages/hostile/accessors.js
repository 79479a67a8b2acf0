// Adds accessors to Object.prototype that return forged values: fields of a form's messages and of a session,
// attributes of a frame, options of fetch, and fields of a policy violation. Records the names of the
// accessors that are set.
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
