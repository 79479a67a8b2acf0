// Offers the tests the same as the demo page: the timeline contains the form's events, and #pan-token the
// token.
import "./pantoken/element.js";

const HTML_LANG = { ru: "ru", en: "en", kz: "kk" };

const find = (selector) => document.querySelector(selector);

const query = new URLSearchParams(location.search);
const readyTimeout = query.get("ready-timeout");

let language = query.get("lang") ?? "ru";
let form;

function insert() {
  form?.remove();
  form = document.createElement("pantoken-form");
  form.setAttribute("session-url", "/v1/sessions");
  form.setAttribute("token", "page");
  form.setAttribute("language", language);
  if (readyTimeout) form.setAttribute("ready-timeout", readyTimeout);
  tell("session", {});
  find("#place").append(form);
}

function tell(step, detail) {
  // This ignores properties that a test has added to Object.prototype.
  const { requestId, code, message, panToken } = { __proto__: null, ...detail };
  const item = document.createElement("li");
  item.dataset.step = step;
  item.append([requestId, code, message].join(" "));
  if (code) item.dataset.code = code;
  find("#timeline").append(item);
  if (step === "saved") show(requestId, panToken);
  return item;
}

function show(requestId, panToken) {
  for (const [id, text] of Object.entries({ "request-id": requestId, "pan-token": panToken })) {
    if (!text) continue;
    const code = document.createElement("code");
    code.id = id;
    code.textContent = text;
    find("#result").append(code, " ");
  }
}

function speak() {
  document.documentElement.lang = HTML_LANG[language];
  find(`[name=language][value=${language}]`).checked = true;
  history.replaceState(null, "", `/?lang=${language}`);
}

for (const step of ["ready", "saved", "error", "warning"]) {
  addEventListener(`pantoken-${step}`, (event) => tell(step, event.detail));
}
find("#again").addEventListener("click", () => {
  find("#result").replaceChildren();
  insert();
});
for (const choice of document.querySelectorAll("[name=language]")) {
  choice.addEventListener("change", () => {
    language = choice.value;
    speak();
    form.setAttribute("language", language);
  });
}
find("[name=flow][value=redirect]").addEventListener("change", () => {
  form.setAttribute("flow", "redirect");
  form.setAttribute("return-url", location.href);
});
if (query.has("status")) {
  const item = tell("returned", {});
  for (const name of ["requestId", "status"]) {
    const code = document.createElement("code");
    code.textContent = query.get(name);
    item.append(code, " ");
  }
}
speak();
insert();
