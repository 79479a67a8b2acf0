import { Hands, lines } from "../../crates/browser/widget/src/hands.js";
import { load, open } from "./module.js";

/** In the order in which the module reads them. */
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

const complain = (what, why) => console.error("pantoken-form:", what, why);

function create(name, part) {
  const element = document.createElement(name);
  element.className = element.part = "pantoken" + part;
  return element;
}

/** What has not changed is not announced again, and WebKit takes a press of a button whose text was
 *  replaced meanwhile for none. */
function write(element, text) {
  if (element.textContent != text) element.textContent = text;
}

/** What the element shows in its light DOM, and the form behind it. */
class Form extends Hands {
  state;
  #form;
  #host;
  #root = create("div", "");
  #status = create("p", "-status");
  #retry = this.#button("-retry", () => this.tell("reload"));
  #redirect = this.#button("-redirect", () => this.redirect());

  constructor(host) {
    const form = open(lines(ATTRIBUTES.map((name) => host.getAttribute(name))));
    super(create("div", "-frame"), form.input);
    this.#form = form;
    this.#host = host;
    this.#status.setAttribute("role", "status");
    this.#root.append(this.#status, this.place);
    host.append(this.#root);
  }

  #button(part, press) {
    const button = create("button", part);
    button.type = "button";
    button.onclick = press;
    return button;
  }

  leave() {
    this.#host = undefined;
    this.#root.remove();
    super.leave();
    this.#form.close();
  }

  view(state, lang, busy, status, retry, redirect) {
    this.state = state;
    this.#root.lang = lang;
    this.#root.dataset.state = state;
    this.#root.setAttribute("aria-busy", busy);
    write(this.#status, status);
    this.#offer(this.#retry, retry);
    this.#offer(this.#redirect, redirect);
  }

  #offer(button, text) {
    write(button, text);
    if (!text) button.remove();
    else if (!button.isConnected) this.place.before(button);
  }

  emit(name, requestId, key, value, message, source, recoverable) {
    // In one expression: an assignment would find what a page put on Object.prototype.
    const detail = {
      requestId: requestId || null,
      ...(key && { [key]: value }),
      ...(source && { message, source, recoverable: !!recoverable }),
    };
    if (this.#host) dispatch(this.#host, name, detail);
  }

  complain = complain;
}

const dispatch = (host, name, detail) =>
  host.dispatchEvent(new CustomEvent("pantoken-" + name, { bubbles: true, composed: true, detail }));

/** Made on demand: a server has no HTMLElement, and has to be able to import this. */
const makeClass = () =>
  class extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    #form;
    /** Counts starts and stops, so that what an old start still waits for is not done. */
    #turn = 0;
    /** The state while there is no form. */
    #phase = "idle";

    get state() {
      return this.#form?.state ?? this.#phase;
    }

    reload() {
      if (this.#form) this.#form.tell("reload");
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

    /** A page that comes back from the browser's cache has a form of long ago. */
    handleEvent({ persisted }) {
      if (persisted) this.reload();
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after && this.isConnected) this.#start();
    }

    #stop() {
      this.#turn++;
      this.#form?.leave();
      this.#form = undefined;
      this.#phase = "idle";
    }

    /** Takes effect when the task is over, so that several changes in one task are one start. */
    async #start() {
      this.#stop();
      // It waits for what is to be set yet, as frameworks do.
      if (!this.hasAttribute("form-url") && !this.hasAttribute("session-url")) return;
      this.#phase = "loading";
      const turn = this.#turn;
      try {
        await load();
      } catch (error) {
        if (turn == this.#turn) this.#fail(error);
        return;
      }
      if (turn == this.#turn) {
        this.#form = new Form(this);
        this.#form.tell("start");
      }
    }

    #fail(error) {
      this.#phase = "failed";
      complain("no form:", error);
      // The shape of the module's own events, for when there is no module.
      dispatch(this, "error", {
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
