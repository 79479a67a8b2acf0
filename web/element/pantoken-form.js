import { Driver, post } from "./driver.js";
import { expectedFrame } from "./early_form.js";
import { exchange } from "./exchange.js";
import { load } from "./module.js";
import { TEXTS } from "./texts.js";

/**
 * @import { Exports } from "./bindings.js"
 * @import { Input, Order } from "./driver.js"
 */

/**
 * The orders that the element adds to the driver's.
 * @typedef {{ order: "render" } & View
 *   | { order: "dispatchEvent", name: string, detail: object }
 *   | { order: "logError", subject: string, problem: string }} ElementOrder
 * @typedef {{ state: State, lang: string, status: string, retry: boolean, redirect: boolean }} View
 * @typedef {"idle" | "loading" | "ready" | "saved" | "failed"} State
 * @typedef {Record<string, any>} Options
 */

const ATTRIBUTES = [
  "form-url",
  "session-url",
  "session",
  "language",
  "ready-timeout",
  "form-origin",
  "flow",
  "return-url",
  "token",
];

/** How long a session endpoint may take where there is no module to say so, in milliseconds. */
const ANSWER_TIMEOUT = 15000;

/** @param {string} subject @param {unknown} problem */
const logError = (subject, problem) => console.error("pantoken:", subject, problem);

/**
 * @template {"div" | "p" | "button"} Name
 * @param {Name} name @param {string} part
 */
function create(name, part) {
  const element = document.createElement(name);
  element.part = part;
  return element;
}

/**
 * An unchanged text is not written: it would be announced again, and WebKit ignores a press of a button
 * whose text was replaced meanwhile.
 * @param {Element} element @param {string} text
 */
export function write(element, text) {
  if (element.textContent != text) element.textContent = text;
}

/** @param {string} url */
function resolve(url) {
  try {
    return new URL(url, document.baseURI).href;
  } catch {
    return url;
  }
}

/**
 * A policy without inline styles allows a constructed style sheet. Old browsers have none.
 * @param {ShadowRoot} root @param {string} display @param {string} style
 */
function setStyle(root, display, style) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:host{display:${display}}:host([hidden]){display:none}${style}`);
    root.adoptedStyleSheets = [sheet];
  } catch {
    /** @type {HTMLElement} */ (root.host).style.display ||= display;
  }
}

/** The form of one element, from its start to its end. */
class Form {
  /** @param {PantokenForm} element @param {Options} options @param {Exports} module @param {Driver} driver */
  constructor(element, options, module, driver) {
    /** @type {PantokenForm | undefined} */
    this.element_ = element;
    this.module_ = module;
    exchange(options, () => (this.number_ = module.create()));
    this.driver_ = driver;
    driver.listen((input) => this.handle(input));
  }

  destroy() {
    this.element_ = undefined;
    this.handle({ input: "destroy" });
  }

  /** @param {Input} input */
  handle(input) {
    const orders = exchange(input, () => this.module_.handle(/** @type {number} */ (this.number_)));
    for (const order of orders) this.perform_(order);
  }

  /** @param {Order | ElementOrder} order */
  perform_(order) {
    switch (order.order) {
      case "render":
        return this.element_?.render_(order);
      case "dispatchEvent":
        // A listener of an earlier event may have removed the element.
        return this.element_?.dispatch_(order.name, order.detail);
      case "logError":
        return logError(order.subject, order.problem);
      default:
        this.driver_.perform(order);
    }
  }
}

/** A server has no HTMLElement, and has to be able to import this. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? Object);

export class PantokenForm extends Base {
  constructor() {
    super();
    /** Which module it needs. @type {"form" | "redirect"} */
    this.needs_ = "form";
    /** @type {Form | undefined} */
    this.form_ = undefined;
    /** @type {Driver | undefined} */
    this.driver_ = undefined;
    /** Counts starts and stops, so that an outdated start does nothing after its wait. */
    this.turn_ = 0;
    /** @type {View} */
    this.view_ = { state: "idle", lang: "", status: "", retry: false, redirect: false };
    /** @type {object | undefined} */
    this.session_ = undefined;
    /** @type {Record<string, string> | undefined} */
    this.texts_ = undefined;
    this.main_ = create("div", "pantoken");
    this.slot_ = document.createElement("slot");
    this.status_ = create("p", "status");
    this.place_ = create("div", "frame");
    this.retry_ = this.button_("retry", () => this.reload());
    this.redirect_ = this.button_("redirect", () => this.leave_());
    this.status_.setAttribute("role", "status");
    this.main_.translate = false;
    this.main_.append(this.status_, this.place_);
    this.attachShadow({ mode: "open" }).append(this.slot_, this.main_);
    this.build_();
    // A framework may have set properties before the element was defined.
    for (const name of [...ATTRIBUTES.map(propertyName), "texts"]) {
      if (Object.prototype.hasOwnProperty.call(this, name)) {
        const value = /** @type {any} */ (this)[name];
        delete (/** @type {any} */ (this)[name]);
        /** @type {any} */ (this)[name] = value;
      }
    }
  }

  /** What another element has in its shadow root. */
  build_() {}

  get state() {
    return this.view_.state;
  }

  /** What the customer reads, where it is not to be the element's own text. */
  get texts() {
    return this.texts_;
  }

  set texts(texts) {
    this.texts_ = texts;
    this.render_(this.view_);
  }

  reload() {
    if (this.form_) this.form_.handle({ input: "reload" });
    else if (this.isConnected) this.start_();
  }

  connectedCallback() {
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    setStyle(root, ...this.style_());
    addEventListener("pageshow", this);
    this.start_();
  }

  /** How the element is displayed, and the style of what is in it. @returns {[string, string]} */
  style_() {
    return ["block", ""];
  }

  /** Moved without being taken out, it keeps its form. */
  connectedMoveCallback() {}

  disconnectedCallback() {
    removeEventListener("pageshow", this);
    this.stop_();
  }

  /** A page that comes back from the browser's cache shows an old form. @param {PageTransitionEvent} event */
  handleEvent({ persisted }) {
    if (persisted) this.reload();
  }

  /** @param {string} name @param {string | null} before @param {string | null} after */
  attributeChangedCallback(name, before, after) {
    if (name == "title") this.render_(this.view_);
    else if (before !== after && this.isConnected) this.start_();
  }

  stop_() {
    this.turn_++;
    this.driver_?.stopListening();
    this.driver_ = undefined;
    this.form_?.destroy();
    this.form_ = undefined;
    this.render_({ ...this.view_, state: "idle", status: "", retry: false, redirect: false });
  }

  /** Takes effect when the task is over, so that several changes in one task are one start. */
  async start_() {
    this.stop_();
    const turn = this.turn_;
    await 0;
    if (document.prerendering) {
      await new Promise((done) => document.addEventListener("prerenderingchange", done));
    }
    const options = this.options_();
    // Frameworks set the attributes after they insert the element.
    const isWanted = (options["form-url"] ?? options["session-url"] ?? options.session) != null;
    if (turn != this.turn_ || !isWanted) return;
    this.show_("loading", options);
    const driver = (this.driver_ = new Driver(this.place_));
    const isAsked = begin(options, driver);
    try {
      const module = await load(this.needs_);
      if (turn == this.turn_) {
        this.form_ = new Form(this, options, module, driver);
        this.form_.handle({ input: "start" });
        if (!isAsked) driver.settle();
      }
    } catch (error) {
      driver.stopListening();
      if (turn == this.turn_) this.fail_(error, options);
    }
  }

  /** @returns {Options} */
  options_() {
    /** @type {Options} */
    const options = {
      // @ts-ignore: A setter that a page put on Object.prototype must not get the values.
      __proto__: null,
      page: location.origin,
    };
    for (const name of ATTRIBUTES) options[name] = this.getAttribute(name);
    for (const name of ["session-url", "return-url"]) {
      if (options[name]) options[name] = resolve(options[name]);
    }
    options.session = this.session_ ?? options.session;
    return options;
  }

  /** @param {"loading" | "failed"} state @param {Options} options */
  show_(state, options) {
    const isFailed = state == "failed";
    this.render_({
      state,
      lang: languageOf(options) == "kz" ? "kk" : languageOf(options),
      status: isFailed ? "notOpened" : "loading",
      retry: isFailed,
      redirect: isFailed && !!options["session-url"],
    });
  }

  /** @param {unknown} error @param {Options} options */
  fail_(error, options) {
    this.form_ = undefined;
    this.show_("failed", options);
    const message = `the element's WebAssembly did not load: ${error}`;
    logError("LOAD_FAILED", message + "; see docs/embedding.md, \"If the module does not load\"");
    // The same shape as the module's own events.
    this.dispatch_("error", {
      requestId: null,
      code: "LOAD_FAILED",
      message,
      source: "host",
      recoverable: true,
    });
  }

  /** Leads to the provider's page, without the module too. */
  async leave_() {
    const page = location.origin + location.pathname;
    if (this.form_) return this.form_.handle({ input: "redirect", page });
    const options = this.options_();
    const url = options["session-url"];
    const language = languageOf(options);
    const body = JSON.stringify({ flow: "redirect", language, returnUrl: options["return-url"] || page });
    const answer = await post({ url, body, timeout: ANSWER_TIMEOUT, keepalive: true });
    try {
      const { href, protocol } = new URL(JSON.parse(answer.body ?? "").formUrl);
      if (/^https?:$/.test(protocol)) return location.assign(href);
    } catch {
      // The buttons are still there.
    }
    logError("SESSION_FAILED", `the session endpoint answered ${answer.status} without a form`);
  }

  /** @param {string} name @param {object} detail */
  dispatch_(name, detail) {
    this.dispatchEvent(new CustomEvent("pantoken-" + name, { bubbles: true, composed: true, detail }));
  }

  /** Says where the element is, and returns the texts of its language. @param {View} view */
  mark_(view) {
    this.view_ = view;
    const { state, lang } = view;
    this.main_.lang = lang;
    this.main_.part = "pantoken " + state;
    this.main_.dataset.state = state;
    this.main_.setAttribute("aria-busy", "" + (state == "loading"));
    return (/** @type {string} */ key) => this.texts_?.[key] ?? TEXTS[lang]?.[key] ?? "";
  }

  /** @param {View} view */
  render_(view) {
    const { state, status, retry, redirect } = view;
    const text = this.mark_(view);
    const isLoading = state == "loading";
    // What the page shows meanwhile stands for the status, too.
    this.slot_.hidden = !isLoading && state != "idle";
    this.place_.style.minHeight = isLoading && this.getAttribute("flow") != "redirect" ? "500px" : "";
    write(this.status_, text(status));
    this.offer_(this.retry_, retry && text("retry"));
    this.offer_(this.redirect_, redirect && text("redirect"));
    this.driver_?.setTitle(this.title || text("title"));
  }

  /** @param {string} part @param {() => void} press */
  button_(part, press) {
    const button = create("button", part);
    button.type = "button";
    button.onclick = press;
    return button;
  }

  /** @param {HTMLButtonElement} button @param {string | false} text */
  offer_(button, text) {
    if (!text) return button.remove();
    write(button, text);
    if (!button.isConnected) this.place_.before(button);
  }
}

/** @param {string} attribute */
const propertyName = (attribute) => attribute.replace(/-./g, (dash) => dash[1].toUpperCase());

/** @param {Options} options */
function languageOf({ language }) {
  if (language == "kk") return "kz";
  return language == "en" || language == "kz" ? language : "ru";
}

/**
 * Loads the form while the module loads, and first asks for a session where there is none, as the machine will order
 * it. Returns whether it asks.
 * @param {Options} options @param {Driver} driver
 */
function begin(options, driver) {
  const { "form-url": formUrl, "session-url": url, session } = options;
  const own = languageOf(options);
  const load = (/** @type {unknown} */ session, /** @type {string | null} */ language) =>
    driver.loadEarly(expectedFrame(session, language, options["form-origin"]));
  if (options.flow == "redirect") return;
  if (formUrl || !url) return load(formUrl ? { formUrl } : session, options.language && own);
  const body = `{"flow":"iframe","language":"${own}"}`;
  const asked = driver.begin({ url, body, timeout: ANSWER_TIMEOUT, keepalive: true });
  asked.then(({ status, body }) => /^20[01]$/.test(status) && load(body, own));
  return true;
}

/** @typedef {new () => PantokenForm} ElementClass */

/**
 * Makes the class: one can be defined under one name only.
 * @param {ElementClass} Element @param {string[]} attributes
 */
function makeClass(Element, attributes) {
  const Class = class extends Element {
    static observedAttributes = [...attributes, "title"];
  };
  for (const attribute of attributes) {
    Object.defineProperty(Class.prototype, propertyName(attribute), {
      // @ts-ignore: What a page put on Object.prototype must not become a part of it.
      __proto__: null,
      configurable: true,
      enumerable: true,
      /** @this {PantokenForm} */
      get() {
        return (attribute == "session" && this.session_) || this.getAttribute(attribute);
      },
      /** @this {PantokenForm} @param {any} value */
      set(value) {
        if (attribute == "session") {
          const hadObject = this.session_;
          this.session_ = typeof value == "object" ? value : undefined;
          if ((this.session_ || hadObject) && this.isConnected) this.start_();
          if (this.session_) return;
        }
        if (value == null) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value);
      },
    });
  }
  return Class;
}

/**
 * Defines an element; does nothing on a server, or where the tag is defined already.
 * @param {string} tag @param {ElementClass} Element @param {string[]} attributes
 */
export function define(tag, Element, attributes) {
  const registry = globalThis.customElements;
  if (registry && !registry.get(tag)) registry.define(tag, makeClass(Element, attributes));
}

/** Defines the form. */
export const defineElement = (tag = "pantoken-form") => define(tag, PantokenForm, ATTRIBUTES);
