// Freezes all built-in objects of a page, as some pages do for protection.
for (const name of Object.getOwnPropertyNames(globalThis)) {
  const { prototype } = typeof globalThis[name] === "function" ? globalThis[name] : {};
  if (prototype) Object.freeze(prototype);
}
for (const thing of [Object, Array, JSON, Reflect, Math, Promise, WebAssembly]) Object.freeze(thing);
for (const name of ["postMessage", "fetch", "setTimeout", "addEventListener"]) {
  Object.defineProperty(globalThis, name, { value: globalThis[name], writable: false, configurable: false });
}
