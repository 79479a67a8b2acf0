import { Driver } from "./driver.js";
import { load } from "./module.js";

/**
 * @import { Input, Order } from "./driver.js"
 * @import { ElementForm } from "./pantoken_element.js"
 */

/**
 * The orders that the element adds to the driver's.
 * @typedef {{ order: "render", state: State, lang: string, ariaBusy: string, status: string,
 *     retry: string, redirect: string }
 *   | { order: "dispatchEvent", name: string, detail: object }
 *   | { order: "logError", subject: string, problem: string }} ElementOrder
 * @typedef {"idle" | "loading" | "ready" | "saved" | "failed"} State
 */

const ATTRIBUTES = [
  "form-url",
  "session-url",
  "language",
  "title",
  "ready-timeout",
  "form-origin",
  "flow",
  "return-url",
];

/** @param {string} subject @param {unknown} problem */
const logError = (subject, problem) => console.error("pantoken-form:", subject, problem);

/** @param {Element} host @param {string} name @param {object} detail */
const dispatchEvent = (host, name, detail) =>
  host.dispatchEvent(new CustomEvent("pantoken-" + name, { bubbles: true, composed: true, detail }));

/**
 * @template {"div" | "p" | "button"} Name
 * @param {Name} name @param {string} part
 */
function create(name, part) {
  const element = document.createElement(name);
  element.className = element.part = "pantoken" + part;
  return element;
}

/**
 * An unchanged text is not written: it would be announced again, and WebKit ignores a press of a button
 * whose text was replaced meanwhile.
 * @param {Element} element @param {string} text
 */
function write(element, text) {
  if (element.textContent != text) element.textContent = text;
}

/** The form of one element, and what the element shows around it in its light DOM. */
class Form {
  /** Unknown until the first order to render. @type {State | undefined} */
  state;
  /** @type {ElementForm} */
  #machine;
  /** @type {Driver} */
  #driver;
  /** @type {Element | undefined} */
  #host;
  #root = create("div", "");
  #status = create("p", "-status");
  #place = create("div", "-frame");
  #retry = this.#button("-retry", () => this.handle({ input: "reload" }));
  #redirect = this.#button("-redirect", () =>
    this.handle({ input: "redirect", page: location.origin + location.pathname }),
  );

  /** @param {Element} host @param {typeof ElementForm} Machine */
  constructor(host, Machine) {
    this.#host = host;
    this.#machine = new Machine(
      Object.fromEntries(ATTRIBUTES.map((name) => [name, host.getAttribute(name)])),
    );
    this.#driver = new Driver(this.#place, (input) => this.handle(input));
    this.#status.setAttribute("role", "status");
    this.#root.append(this.#status, this.#place);
    host.append(this.#root);
  }

  destroy() {
    this.#host = undefined;
    this.#root.remove();
    this.#driver.stopListening();
    this.handle({ input: "destroy" });
  }

  /** @param {Input} input */
  handle(input) {
    // Read from JSON, so that no field comes from Object.prototype, or goes to a setter there.
    for (const order of JSON.parse(this.#machine.handle(input))) this.#perform(order);
  }

  /** @param {Order | ElementOrder} order */
  #perform(order) {
    switch (order.order) {
      case "render":
        return this.#render(order);
      case "dispatchEvent":
        // A listener of an earlier event may have removed the element.
        return void (this.#host && dispatchEvent(this.#host, order.name, order.detail));
      case "logError":
        return logError(order.subject, order.problem);
      default:
        this.#driver.perform(order);
        if (order.order == "finish") this.#machine.free();
    }
  }

  /** @param {Extract<ElementOrder, { order: "render" }>} order */
  #render({ state, lang, ariaBusy, status, retry, redirect }) {
    this.state = state;
    this.#root.lang = lang;
    this.#root.dataset.state = state;
    this.#root.setAttribute("aria-busy", ariaBusy);
    write(this.#status, status);
    this.#offer(this.#retry, retry);
    this.#offer(this.#redirect, redirect);
  }

  /** @param {string} part @param {() => void} press */
  #button(part, press) {
    const button = create("button", part);
    button.type = "button";
    button.onclick = press;
    return button;
  }

  /** @param {HTMLButtonElement} button @param {string} text */
  #offer(button, text) {
    write(button, text);
    if (!text) button.remove();
    else if (!button.isConnected) this.#place.before(button);
  }
}

/** Makes the class on demand: a server has no HTMLElement, and has to be able to import this. */
const makeClass = () =>
  class extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    /** @type {Form | undefined} */
    #form;
    /** Counts starts and stops, so that an outdated start does nothing after its wait. */
    #turn = 0;
    /** The state while there is no form. @type {State} */
    #phase = "idle";

    get state() {
      return this.#form?.state ?? this.#phase;
    }

    reload() {
      if (this.#form) this.#form.handle({ input: "reload" });
      else if (this.isConnected) this.#start();
    }

    connectedCallback() {
      addEventListener("pageshow", this);
      this.#start();
    }

    disconnectedCallback() {
      removeEventListener("pageshow", this);
      this.#stop();
    }

    /** A page that comes back from the browser's cache shows an old form. @param {PageTransitionEvent} event */
    handleEvent({ persisted }) {
      if (persisted) this.reload();
    }

    /** @param {string} _name @param {string | null} before @param {string | null} after */
    attributeChangedCallback(_name, before, after) {
      if (before !== after && this.isConnected) this.#start();
    }

    #stop() {
      this.#turn++;
      this.#form?.destroy();
      this.#form = undefined;
      this.#phase = "idle";
    }

    /** Takes effect when the task is over, so that several changes in one task are one start. */
    async #start() {
      this.#stop();
      // Frameworks set the attributes after they insert the element.
      if (!this.hasAttribute("form-url") && !this.hasAttribute("session-url")) return;
      this.#phase = "loading";
      const turn = this.#turn;
      let Machine;
      try {
        Machine = await load();
      } catch (error) {
        if (turn == this.#turn) this.#fail(error);
        return;
      }
      if (turn == this.#turn) {
        this.#form = new Form(this, Machine);
        this.#form.handle({ input: "start" });
      }
    }

    /** @param {unknown} error */
    #fail(error) {
      this.#phase = "failed";
      logError("no form:", error);
      // The same shape as the module's own events.
      dispatchEvent(this, "error", {
        requestId: null,
        code: "READY_TIMEOUT",
        message: "the element's WebAssembly did not load",
        source: "host",
        recoverable: true,
      });
    }
  };

/** Defines the element; does nothing on a server, or where the tag is defined already. */
export function defineElement(tag = "pantoken-form") {
  const registry = globalThis.customElements;
  if (registry && !registry.get(tag)) registry.define(tag, makeClass());
}

defineElement();
