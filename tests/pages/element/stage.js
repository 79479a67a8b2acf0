// A page on which nothing is yet: a test makes its forms.
import "./pantoken/element.js";
import "./resources.js";

const NAMES = ["pantoken-ready", "pantoken-saved", "pantoken-error", "pantoken-warning"];

/** What each form emitted, in order: on itself, because what has no page has no window. */
window.emitted = [];
/** What came as far as the window. */
window.heard = [];

/** A form that is in no page yet. */
window.makeForm = (id, attributes = { "session-url": "/v1/sessions" }) => {
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
