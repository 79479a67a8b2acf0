// Hides from the page's scripts the functions that the oldest supported browsers lack. The driver needs some of them.
{
  const take = (owner, name) => {
    const original = owner[name];
    owner[name] = function (...rest) {
      // The first lines are the error's name and this function.
      const callers = new Error().stack.split("\n").slice(2).join();
      if (callers.includes(location.origin)) throw new TypeError(`there is no ${name}`);
      return original.apply(this, rest);
    };
  };
  take(Object, "hasOwn");
  take(AbortSignal, "timeout");
  take(AbortSignal, "any");
  take(Array.prototype, "at");
  take(String.prototype, "at");
  take(String.prototype, "replaceAll");
  take(Promise, "any");
  take(window, "structuredClone");
  delete Document.prototype.adoptedStyleSheets;
  delete ShadowRoot.prototype.adoptedStyleSheets;
  window.isOld = true;
}
