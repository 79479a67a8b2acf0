// What the tabs share: the header with its languages and links, the texts, the timeline, and the shop's back end.

import { COMMON } from "./texts.js";

/** The documents of the demo page, each with the provider that it is about. */
const TABS = [
  ["/", "a2c"],
  ["/payin.html", "payin"],
  ["/jetpay.html", "jetpay"],
  ["/qiwi-pay.html", "qiwi-pay"],
];
/** How often the back end is asked for webhooks, in milliseconds. */
const WEBHOOK_INTERVAL = 500;

/** @param {string} selector @returns {any} */
export const find = (selector) => document.querySelector(selector);

/** Creates an element. @param {string} name @param {object} properties @param {(Node | string)[]} children */
export function create(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Returns the language in the address. Without one it is the browser's, or else Russian. */
function preferredLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked in COMMON) return asked;
  const own = navigator.language?.slice(0, 2);
  return Object.keys(COMMON).find((language) => COMMON[language].htmlLang == own) ?? "ru";
}

/** The tab that this document is. */
export class Tab {
  /** @param {Record<string, Record<string, string>>} texts The tab's own texts in each language. */
  constructor(texts) {
    this.ownTexts = texts;
    this.language = preferredLanguage();
    /** Called after the language has changed. */
    this.onLanguage = () => {};
    /** Each step, with a function that writes it in the current language. */
    this.steps = [];
    this.subjects = new Set();
    this.seenWebhooks = new Set();
    /** @type {(event: any) => void} */
    this.onWebhook = () => {};
    this.setLanguage(this.language);
  }

  /** @param {string} key */
  text(key) {
    return this.ownTexts[this.language][key] ?? COMMON[this.language][key] ?? key;
  }

  /** @param {string} language */
  setLanguage(language) {
    this.language = language;
    document.documentElement.lang = this.text("htmlLang");
    // As on the first tab, the language is in the address alone.
    history.replaceState(history.state, "", `${location.pathname}?lang=${language}`);
    this.showHeader();
    for (const element of document.querySelectorAll("[data-text]")) {
      element.textContent = this.text(element.dataset.text);
    }
    for (const { item, write } of this.steps) write(item);
    this.onLanguage();
  }

  showHeader() {
    const focused = document.activeElement?.value;
    const choices = Object.entries(COMMON).map(([language, { htmlLang, ownName }]) => {
      const input = create("input", { type: "radio", name: "language", value: language });
      input.checked = language == this.language;
      input.onchange = () => this.setLanguage(language);
      return create("label", { lang: htmlLang }, input, create("span", {}, ownName));
    });
    const legend = create("legend", { className: "hidden" }, this.text("language"));
    const links = TABS.map(([path, provider], index) => {
      const label = this.text("tabs")[index];
      const link = create("a", { href: `${path}?lang=${this.language}` }, label, " ", create("small", {}, provider));
      if (path == location.pathname) link.setAttribute("aria-current", "page");
      return link;
    });
    const navigation = create("nav", { className: "tabs" }, ...links);
    navigation.setAttribute("aria-label", this.text("navigation"));
    const icon = create("img", { src: "icon.svg", alt: "", width: 32, height: 32 });
    find("#header").replaceChildren(
      create(
        "div",
        { className: "bar" },
        create("p", { className: "brand" }, icon, "pantoken"),
        create("fieldset", { className: "switch" }, legend, ...choices),
      ),
      navigation,
      create("h1", {}, this.text("title")),
      create("p", { className: "lead" }, this.text("lead")),
    );
    if (focused in COMMON) find(`#header [value=${focused}]`).focus();
  }

  /**
   * Adds a step to the timeline.
   * @param {string} name @param {"info" | "good" | "bad"} kind @param {string} key The key of its text.
   * @param {{ code?: string, details?: unknown }} [more]
   */
  add(name, kind, key, { code, details } = {}) {
    const item = create("li", { className: kind });
    item.dataset.step = name;
    const time = create("time", {}, new Date().toTimeString().slice(0, 8));
    const text = create("p");
    item.append(time);
    if (code) item.append(create("p", {}, create("code", {}, code)));
    item.append(text);
    const summary = create("summary");
    if (details != null) {
      const json = create("pre", { tabIndex: 0 }, JSON.stringify(details, null, 2));
      item.append(create("details", {}, summary, json));
    }
    const write = () => {
      text.textContent = this.text(key);
      summary.textContent = this.text("details");
    };
    write();
    this.steps.push({ item, write });
    find("#timeline").append(item);
    find("#no-steps").hidden = true;
  }

  /** Starts the timeline again. */
  clear() {
    this.steps = [];
    this.subjects.clear();
    find("#timeline").replaceChildren();
    find("#no-steps").hidden = false;
  }

  /** Adds a call that the back end has made. @param {string} name @param {any} called @param {string} key */
  addCall(name, { call, status, answer }, key) {
    const isGood = status < 300 && !["declined", "failed", "attention"].includes(answer?.state);
    this.add(name, isGood ? "info" : "bad", isGood ? key : "callFailed", {
      code: `${call} → ${status}`,
      details: answer ?? undefined,
    });
  }

  /**
   * Asks the back end to make a call. Shows what is wrong, and returns nothing, if it did not make it.
   * @param {string} method @param {string} path @param {object} [body]
   */
  async shop(method, path, body) {
    const options = body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch("/shop/" + path, { method, ...options }).catch(() => undefined);
    const json = await answer?.json().catch(() => undefined);
    const isOwn = json && (answer.ok || json.code != "NOT_FOUND");
    this.showProblem(isOwn ? (answer.ok ? "" : json.code) : "noShop");
    return answer?.ok ? json : undefined;
  }

  /** @param {string} key */
  showProblem(key) {
    const problem = find("#problem");
    problem.hidden = !key;
    problem.dataset.text = key;
    problem.textContent = key && this.text(key);
  }

  /** Shows the webhooks about this in the timeline, as they come. @param {string} id */
  follow(id) {
    this.subjects.add(id);
    this.watching ??= this.watch();
  }

  /** Follows this from now on: what was told before is an earlier visitor's. @param {string} id */
  async skipWebhooks(id) {
    for (const { id: seen } of await this.webhooks(id)) this.seenWebhooks.add(seen);
    this.follow(id);
  }

  async watch() {
    for (;;) {
      if (this.subjects.size && !document.hidden) await this.showWebhooks();
      await new Promise((resolve) => setTimeout(resolve, WEBHOOK_INTERVAL));
    }
  }

  /** @param {string} of @returns {Promise<any[]>} */
  async webhooks(of) {
    const answer = await fetch(`/shop/webhooks?of=${encodeURIComponent(of)}`).catch(() => undefined);
    return answer?.ok ? answer.json() : [];
  }

  async showWebhooks() {
    for (const event of await this.webhooks([...this.subjects].join(","))) {
      if (this.seenWebhooks.has(event.id)) continue;
      this.seenWebhooks.add(event.id);
      const isBad = /\.(declined|refused|failed|expired|attention)$/.test(event.type);
      this.add("webhook", isBad ? "bad" : "good", "webhook", { code: event.type, details: event });
      this.onWebhook(event);
    }
  }
}
