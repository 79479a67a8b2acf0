// What the components for React and Vue share: how their properties become the element's.

/** The attribute of each property that is a text. */
const ATTRIBUTES = {
  sessionUrl: "session-url",
  formUrl: "form-url",
  language: "language",
  title: "title",
  readyTimeout: "ready-timeout",
  formOrigin: "form-origin",
  flow: "flow",
  returnUrl: "return-url",
  token: "token",
};

/** The names of all properties of a form. */
export const PROPERTIES = [...Object.keys(ATTRIBUTES), "session", "texts"];

/** The names of all properties of a button. */
export const REDIRECT_PROPERTIES = ["sessionUrl", "language", "formOrigin", "returnUrl", "session", "texts"];

/** The session that each element has, as JSON. @type {WeakMap<object, string>} */
const sessions = new WeakMap();

/**
 * Returns the attributes of the tag, the same on a server and in a browser.
 * @param {Record<string, any>} properties @param {string[]} names
 */
export function attributesOf(properties, names) {
  /** @type {Record<string, string>} */
  const attributes = {};
  for (const [property, attribute] of Object.entries(ATTRIBUTES)) {
    const value = properties[property];
    if (value != null && names.includes(property)) attributes[attribute] = String(value);
  }
  return attributes;
}

/**
 * Sets what is no attribute. A session has a secret, which an attribute would show to scripts that record the
 * page. An equal session is not set again: it would start the form over.
 * @param {any} element
 * @param {{ session?: unknown, texts?: object }} properties
 */
export function setProperties(element, { session, texts }) {
  const json = typeof session == "string" ? session : JSON.stringify(session ?? null);
  if (json != (sessions.get(element) ?? "null")) {
    sessions.set(element, json);
    // A text that a server wrote is JSON; what is not goes to the element, which reports it.
    element.session = parse(session) ?? null;
  }
  if (element.texts !== texts) element.texts = texts;
}

/** @param {unknown} session */
function parse(session) {
  if (typeof session != "string") return session;
  try {
    return JSON.parse(session);
  } catch {
    return session;
  }
}

/**
 * Defines the element. Components call this when they listen to it: an element that starts before its
 * framework has hydrated the page would emit events that nobody hears.
 * @param {Element} element
 */
export async function define(element) {
  if (customElements.get(element.localName)) return;
  try {
    await import("./element.js");
  } catch (error) {
    const message = `the script of the element did not load: ${error}`;
    console.error("pantoken:", "LOAD_FAILED", message);
    const detail = { requestId: null, code: "LOAD_FAILED", message, source: "host", recoverable: true };
    element.dispatchEvent(new CustomEvent("pantoken-error", { detail, bubbles: true, composed: true }));
  }
}
