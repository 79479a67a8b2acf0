// Replaces built-in functions. Most become wrappers, and postMessage fails.
{
  const wrap = (owner, name) => {
    const original = owner[name];
    owner[name] = function (...rest) {
      window.calls = (window.calls ?? 0) + 1;
      return original.apply(this, rest);
    };
  };
  for (const name of ["parse", "stringify"]) wrap(JSON, name);
  for (const name of ["fetch", "setTimeout", "clearTimeout"]) wrap(window, name);
  for (const name of ["addEventListener", "removeEventListener", "dispatchEvent"]) {
    wrap(EventTarget.prototype, name);
  }
  for (const name of ["append", "setAttribute", "remove"]) wrap(Element.prototype, name);
  wrap(Document.prototype, "createElement");
  window.postMessage = () => {
    throw new Error("no messages");
  };
}
