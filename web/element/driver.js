// Performs the orders of the form's machine in the page, and reports what happens there. It decides
// nothing: every value is in the order. `pantoken-widget` has the same driver in Rust.

/**
 * What happened: the machine's `FormInput`.
 * @typedef {{ input: "start" }
 *   | { input: "reload" }
 *   | { input: "redirect", page: string }
 *   | { input: "frameLoaded" }
 *   | { input: "policyViolation", directive: string, disposition: string, blockedUri: string }
 *   | { input: "message", origin: string, data: unknown }
 *   | { input: "timerFired", timer: string }
 *   | { input: "answered", request: number, status: number, body: string | undefined }
 *   | { input: "destroy" }} Input
 */

/**
 * What to do: the machine's `Order`.
 * @typedef {{ order: "showFrame", src: string, title: string, style: string, sandbox: string,
 *     referrerPolicy: string, allow: string }
 *   | { order: "removeFrame" }
 *   | { order: "postMessage", message: string, targetOrigin: string }
 *   | { order: "setTimer", timer: string, milliseconds: number }
 *   | { order: "clearTimer", timer: string }
 *   | { order: "post", request: number, url: string, token: string | null, body: string,
 *     timeout: number, keepalive: boolean }
 *   | { order: "navigate", url: string }
 *   | { order: "finish" }} Order
 */

/**
 * The order of this name.
 * @template {Order["order"]} Name
 * @typedef {Extract<Order, { order: Name }>} OrderNamed
 */

/** Both bubble up to the window. */
const EVENTS = ["securitypolicyviolation", "message"];

/** Aborts a request that takes too long; old browsers cannot. @param {number} milliseconds */
export const abortAfter = (milliseconds) => AbortSignal.timeout?.(milliseconds);

export class Driver {
  /** The element that the iframe is shown in. @type {Element} */
  place;
  /** Receives what happened. @type {((input: Input) => void) | undefined} */
  onInput;
  /** @type {HTMLIFrameElement | undefined} */
  #frame;
  /** @type {Map<string, number>} */
  #timers = new Map();

  /** @param {Element} place @param {(input: Input) => void} onInput */
  constructor(place, onInput) {
    this.place = place;
    this.onInput = onInput;
    for (const type of EVENTS) addEventListener(type, this);
  }

  /** Requests and timers in progress still report their end. */
  stopListening() {
    for (const type of EVENTS) removeEventListener(type, this);
  }

  /** @param {Order} order */
  perform(order) {
    switch (order.order) {
      case "showFrame":
        return this.#showFrame(order);
      case "removeFrame":
        return this.#removeFrame();
      case "postMessage":
        return this.#frame?.contentWindow?.postMessage(order.message, order.targetOrigin);
      case "setTimer":
        return this.#setTimer(order);
      case "clearTimer":
        return this.#clearTimer(order.timer);
      case "post":
        return void this.#post(order);
      case "navigate":
        return location.assign(order.url);
      case "finish":
        this.onInput = undefined;
    }
  }

  /**
   * A script can make up an event, but only the browser's own events are trusted. A message from any
   * window but the form's is not even read.
   * @param {Event} event
   */
  handleEvent(event) {
    if (!event.isTrusted) return;
    if (event.type == "load") this.onInput?.({ input: "frameLoaded" });
    else if (event.type == "message") {
      const { source, origin, data } = /** @type {MessageEvent} */ (event);
      if (source && source == this.#frame?.contentWindow) this.onInput?.({ input: "message", origin, data });
    } else {
      const violation = /** @type {SecurityPolicyViolationEvent} */ (event);
      const { effectiveDirective: directive, disposition, blockedURI: blockedUri } = violation;
      this.onInput?.({ input: "policyViolation", directive, disposition, blockedUri });
    }
  }

  /** @param {OrderNamed<"showFrame">} order */
  #showFrame({ src, title, style, sandbox, referrerPolicy, allow }) {
    this.#removeFrame();
    const frame = (this.#frame = document.createElement("iframe"));
    // By their names: an attribute from Object.prototype could show another document. The style through
    // the object model, because a strict policy forbids the attribute.
    Object.assign(frame, { title, referrerPolicy, allow, sandbox, style, src });
    frame.addEventListener("load", this);
    this.place.append(frame);
  }

  #removeFrame() {
    this.#frame?.remove();
    this.#frame = undefined;
  }

  /** @param {OrderNamed<"setTimer">} order */
  #setTimer({ timer, milliseconds }) {
    this.#clearTimer(timer);
    const fire = () => this.onInput?.({ input: "timerFired", timer });
    this.#timers.set(timer, setTimeout(fire, milliseconds));
  }

  /** @param {string} timer */
  #clearTimer(timer) {
    clearTimeout(this.#timers.get(timer));
  }

  /** @param {OrderNamed<"post">} order */
  async #post({ request, url, token, body, timeout, keepalive }) {
    const { status, text } = await post(url, token, body, timeout, keepalive);
    this.onInput?.({ input: "answered", request, status, body: text });
  }
}

/**
 * Returns status 0 if no complete answer arrived in time.
 * @param {string} url @param {string | null} token @param {string} body @param {number} timeout
 * @param {boolean} keepalive
 * @returns {Promise<{ status: number, text?: string }>}
 */
async function post(url, token, body, timeout, keepalive) {
  try {
    /** @type {RequestInit} */
    const options = {
      // What a page put on Object.prototype must not become an option.
      // @ts-ignore: TypeScript does not know that this sets the prototype.
      __proto__: null,
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: "Bearer " + token }),
      },
      body,
      keepalive,
      signal: abortAfter(timeout),
    };
    const response = await fetch(url, options);
    const text = await response.text();
    return { status: response.status, text };
  } catch {
    // No answer is an answer too: the machine knows what to do about it.
    return { status: 0 };
  }
}
