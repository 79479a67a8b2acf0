// The page of `pantoken dev`. It listens to the element as any page would; the rest is display.
import { TEXTS } from "/dev/texts.js";

const CARDS = [
  ["4242 4242 4242 4242", "saved"],
  ["4242 4242 4242 4241", "INVALID_PAN"],
  ["4000 0000 0000 0002", "FORBIDDEN"],
  ["4000 0000 0000 0069", "INVALID_SESSION"],
];
const SNIPPETS = ["html", "php", "yew"];
/** How often to look for the webhook of an event, and how many times. */
const WEBHOOK_INTERVAL = 300;
const WEBHOOK_TRIES = 60;

const find = (selector) => document.querySelector(selector);
const form = find("#form");
const facts = await (await fetch("/dev/facts")).json();
const shown = new Set();
let language = preferredLanguage();
let snippet = SNIPPETS[0];

function preferredLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const wanted = [asked, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  const named = (tag) => Object.keys(TEXTS).find((code) => code == tag || TEXTS[code].htmlLang == tag);
  return wanted.map(named).find(Boolean) ?? "en";
}

function create(name, text, properties = {}) {
  const element = Object.assign(document.createElement(name), properties);
  if (text) element.textContent = text;
  return element;
}

async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  button.textContent = TEXTS[language].copied;
  setTimeout(() => (button.textContent = TEXTS[language].copy), 1500);
}

function showLanguage(chosen) {
  language = chosen;
  const texts = TEXTS[language];
  document.documentElement.lang = texts.htmlLang;
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = texts[element.dataset.text];
  }
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", button.dataset.language == language);
  }
  form.setAttribute("language", language);
  listCards();
  showSnippet(snippet);
}

function listCards() {
  const items = CARDS.map(([number, outcome]) => {
    const item = create("li");
    const button = create("button", TEXTS[language].copy, { type: "button", className: "plain" });
    button.onclick = () => copy(button, number.replaceAll(" ", ""));
    item.append(create("code", number), create("span", TEXTS[language].outcomes[outcome], { className: "quiet" }), button);
    return item;
  });
  find("#cards").replaceChildren(...items);
}

function showSnippet(name) {
  snippet = name;
  const tabs = SNIPPETS.map((each) => {
    const tab = create("button", TEXTS[language].tabs[each], { type: "button", role: "tab" });
    tab.setAttribute("aria-selected", each == name);
    tab.setAttribute("aria-controls", "snippet");
    tab.onclick = () => showSnippet(each);
    return tab;
  });
  find("#tabs").replaceChildren(...tabs);
  find("#about").textContent = TEXTS[language].about[name];
  find("#snippet code").textContent = facts.snippets[name];
}

/** Adds one line to what happened. @param {string} kind `good`, `bad` or nothing */
function addEvent(name, kind, text, details) {
  const item = create("li", "", { className: kind });
  item.dataset.event = name;
  item.append(create("time", new Date().toLocaleTimeString(TEXTS[language].htmlLang)));
  const line = create("p");
  line.append(create("code", name), " ", text);
  item.append(line);
  if (details) item.append(create("pre", details));
  find("#events").append(item);
  find("#no-events").hidden = true;
}

async function showWebhooks(requestId) {
  for (let tries = 0; tries < WEBHOOK_TRIES; tries++) {
    const answer = await fetch("/dev/webhooks?requestId=" + requestId);
    const fresh = (await answer.json()).filter(({ id }) => !shown.has(id));
    for (const event of fresh) {
      shown.add(event.id);
      const kind = event.type.endsWith("saved") ? "good" : "bad";
      addEvent(event.type, kind, TEXTS[language].webhook, JSON.stringify(event, null, 2));
    }
    if (fresh.length) return;
    await new Promise((resolve) => setTimeout(resolve, WEBHOOK_INTERVAL));
  }
}

function listen() {
  form.addEventListener("pantoken-ready", ({ detail }) => {
    addEvent("pantoken-ready", "", TEXTS[language].ready, `requestId ${detail.requestId}`);
  });
  form.addEventListener("pantoken-saved", ({ detail }) => {
    const call = `curl -H 'Authorization: Bearer ${facts.apiKey}' ${facts.url}/v1/sessions/${detail.requestId}`;
    addEvent("pantoken-saved", "good", TEXTS[language].saved, call);
    showWebhooks(detail.requestId);
  });
  form.addEventListener("pantoken-error", ({ detail }) => {
    const { code, source, message, problem } = detail;
    const lines = [`${code} (${source})`, message, problem && JSON.stringify(problem)];
    addEvent("pantoken-error", "bad", TEXTS[language].error, lines.filter(Boolean).join("\n"));
    if (source == "form") showWebhooks(detail.requestId);
  });
  form.addEventListener("pantoken-warning", ({ detail }) => {
    addEvent("pantoken-warning", "bad", TEXTS[language].warning, detail.code);
  });
}

async function loadElement() {
  const url = "/pantoken/element.js";
  try {
    await import(url);
  } catch {
    const problem = await fetch(url).then((answer) => answer.json()).catch(() => ({}));
    find("#missing").textContent = problem.detail ?? TEXTS[language].missing;
    find("#missing").hidden = false;
  }
}

for (const [code, { htmlLang, ownName }] of Object.entries(TEXTS)) {
  const button = create("button", ownName, { type: "button", lang: htmlLang });
  button.dataset.language = code;
  button.onclick = () => showLanguage(code);
  find("#languages").append(button);
}
find("#again").onclick = () => form.reload?.();
find("#copy").onclick = () => copy(find("#copy"), facts.snippets[snippet]);
listen();
showLanguage(language);
await loadElement();
