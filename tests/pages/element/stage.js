// An empty page to which tests add forms.
import "./pantoken/element.js";
import "./resources.js";

const NAMES = ["pantoken-ready", "pantoken-saved", "pantoken-error", "pantoken-warning"];

/** The events of each form, in order. They are recorded on the form, because a form that is not on the page
 *  does not bubble to the window. */
window.emitted = [];
/** The events that bubbled up to the window. */
window.heard = [];

/** Returns a form that is not on the page yet. */
window.makeForm = (id, attributes = { "session-url": "/v1/sessions", token: "page" }) => {
  const form = document.createElement("pantoken-form");
  form.id = id;
  for (const [name, value] of Object.entries(attributes)) form.setAttribute(name, value);
  for (const name of NAMES) {
    form.addEventListener(name, ({ type, detail }) => emitted.push({ id, type, ...detail }));
  }
  return form;
};
window.insertForm = (...rest) => document.querySelector("main").append(makeForm(...rest));

for (const name of NAMES) addEventListener(name, ({ type, target }) => heard.push([type, target.id]));
