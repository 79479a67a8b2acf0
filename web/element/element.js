import { FormHandle, initSync } from "./pantoken_element.js";

const ATTRIBUTES = [
  "form-url",
  "session-url",
  "language",
  "title",
  "ready-timeout",
  "form-origin",
];

/** The module, once for all elements of the page; after a failure the next one tries again. */
let loading;
const load = () => (loading ??= instantiate().catch(forget));

async function instantiate() {
  // In one expression, so that bundlers see the file and carry it along.
  const response = await fetch(new URL("./pantoken_element_bg.wasm", import.meta.url));
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`);
  // Not by streaming, which a server that does not know the type application/wasm would break.
  initSync({ module: await WebAssembly.compile(await response.arrayBuffer()) });
}

function forget(error) {
  loading = undefined;
  throw error;
}

/** Made on demand: a server has no HTMLElement, and has to be able to import this. */
const makeClass = () =>
  class extends HTMLElement {
    static observedAttributes = ATTRIBUTES;

    #form;
    /** Counts starts and stops, so that what an old start still waits for is not done. */
    #turn = 0;
    #failed = false;
    #restored = (event) => event.persisted && this.reload();

    get state() {
      if (this.#form) return this.#form.state;
      if (!this.isConnected) return "idle";
      return this.#failed ? "failed" : "loading";
    }

    reload() {
      if (this.#form) this.#form.reload();
      else if (this.isConnected) this.#start();
    }

    connectedCallback() {
      addEventListener("pageshow", this.#restored);
      this.#start();
    }

    disconnectedCallback() {
      removeEventListener("pageshow", this.#restored);
      this.#stop();
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after && this.isConnected) this.#start();
    }

    #stop() {
      this.#turn += 1;
      this.#form?.free();
      this.#form = undefined;
    }

    /** Takes effect when the task is over, so that several changes in one task are one start. */
    async #start() {
      this.#stop();
      this.#failed = false;
      const turn = this.#turn;
      try {
        await load();
        if (turn !== this.#turn) return;
        const form = new FormHandle(this, (name, detail) => this.#emit(name, detail));
        // What it emitted meanwhile may have led to its removal.
        if (turn === this.#turn) this.#form = form;
        else form.free();
      } catch (error) {
        if (turn === this.#turn) this.#fail(error);
      }
    }

    #fail(error) {
      this.#failed = true;
      console.error("pantoken-form:", error);
      // The shape of the module's own events, for when there is no module.
      this.#emit("pantoken-error", {
        requestId: null,
        code: "READY_TIMEOUT",
        message: "the element's WebAssembly did not load",
        source: "host",
        recoverable: true,
      });
    }

    #emit(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
    }
  };

/** Defines the element; does nothing on a server, or where the tag is defined already. */
export function defineElement(tag = "pantoken-form") {
  const registry = globalThis.customElements;
  if (registry && !registry.get(tag)) registry.define(tag, makeClass());
}

defineElement();
