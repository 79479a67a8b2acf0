// A document for tests in Node: what the frameworks look for in the global scope.
import { JSDOM } from "jsdom";

/** @param {string} html What the body has. */
export function openPage(html) {
  const { window } = new JSDOM(`<!doctype html><body>${html}</body>`, { pretendToBeVisual: true });
  const names = ["document", "HTMLElement", "Element", "SVGElement", "Node", "customElements", "CustomEvent", "Event"];
  for (const name of ["window", "navigator", ...names]) {
    // Later versions of Node have a navigator that cannot be assigned to.
    Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
  }
  return window.document;
}

/** Calls this function, and returns what was written to the console as an error or a warning meanwhile. */
export async function complaintsOf(run) {
  const { error, warn } = console;
  const complaints = [];
  console.error = console.warn = (...words) => complaints.push(words.join(" "));
  try {
    await run();
  } finally {
    Object.assign(console, { error, warn });
  }
  return complaints;
}
