// Performs the orders of the form's machine in the page, and reports what happens there. It decides
// nothing: every value is in the order. `pantoken-widget` has the same driver in Rust.
// A name that ends in an underscore is the element's own, and is shortened in the package.

/**
 * What happened: the machine's `FormInput`.
 * @typedef {{ input: "start" }
 *   | { input: "reload" }
 *   | { input: "redirect", page: string }
 *   | { input: "frameLoaded" }
 *   | { input: "frameFocused" }
 *   | { input: "policyViolation", directive: string, disposition: string, blockedUri: string }
 *   | { input: "message", origin: string, data: unknown }
 *   | { input: "timerFired", timer: string }
 *   | { input: "answered", request: string } & Answer
 *   | { input: "destroy" }} Input
 * @typedef {{ status: string, body?: string, type?: string | null, retryAfter?: string | null,
 *     expiresIn?: string }} Answer
 */

/**
 * What to do: the machine's `Order`.
 * @typedef {{ order: "showFrame", src: string, style: string, sandbox: string, referrerPolicy: string,
 *     allow: string }
 *   | { order: "removeFrame" }
 *   | { order: "postMessage", message: string, targetOrigin: string }
 *   | { order: "setTimer", timer: string, milliseconds: number }
 *   | { order: "clearTimer", timer: string }
 *   | { order: "post", request: number } & Post
 *   | { order: "navigate", url: string }
 *   | { order: "submitForm", url: string, fields: Record<string, string> }
 *   | { order: "finish" }} Order
 * @typedef {{ url: string, base?: string | null, token?: string | null, body: string, timeout: number,
 *     keepalive: boolean }} Post
 */

/**
 * The order of this name.
 * @template {Order["order"]} Name
 * @typedef {Extract<Order, { order: Name }>} OrderNamed
 */

const EVENTS = ["securitypolicyviolation", "message", "blur"];
/** How long the focus is looked for after the window lost it, in milliseconds: with doubled waits, twice this. */
const LONGEST_LOOK = 1024;
/** How many inputs of a form are kept until the machine orders it. */
const MOST_EARLY_INPUTS = 99;

export class Driver {
  /** @param {Element} place The element that the iframe is shown in. */
  constructor(place) {
    this.place_ = place;
    /** @type {((input: Input) => void) | undefined} */
    this.onInput_ = undefined;
    /** A request that has left before it was ordered. @type {Begun | undefined} */
    this.begun_ = undefined;
    /** A frame that was not ordered yet, and what happened to it. @type {Early | undefined} */
    this.early_ = undefined;
    this.isStopped_ = false;
    this.title_ = "";
    /** @type {HTMLIFrameElement | undefined} */
    this.frame_ = undefined;
    /** @type {Map<string, number>} */
    this.timers_ = new Map();
    for (const type of EVENTS) addEventListener(type, this);
  }

  /** Passes on what happens from now on. @param {(input: Input) => void} onInput Receives what happened. */
  listen(onInput) {
    this.onInput_ = onInput;
  }

  /** Sends a request that the machine will probably order. @param {Post} request @returns {Promise<Answer>} */
  begin(request) {
    const answer = post(request);
    this.begun_ = { url: request.url, body: request.body, answer };
    return answer;
  }

  /**
   * Loads a form that the machine will probably order. Nobody sees it until then, because only the machine knows
   * whether its URL can be trusted.
   * @param {OrderNamed<"showFrame"> | undefined} expected
   */
  loadEarly(expected) {
    if (!expected || this.onInput_ || this.isStopped_) return;
    this.showFrame_(expected);
    this.early_ = { expected, inputs: [] };
    /** @type {HTMLIFrameElement} */ (this.frame_).style.visibility = "hidden";
  }

  /** Removes a form that was loaded early, if the machine has not ordered it. */
  settle() {
    if (this.early_) this.removeFrame_();
  }

  /** Requests and timers in progress still report their end. */
  stopListening() {
    this.isStopped_ = true;
    for (const type of EVENTS) removeEventListener(type, this);
    this.clearTimer_("focus");
    this.settle();
  }

  /** @param {Input} input */
  report_(input) {
    if (!this.early_) this.onInput_?.(input);
    else if (this.early_.inputs.length < MOST_EARLY_INPUTS) this.early_.inputs.push(input);
  }

  /** Gives the iframe this title, and each one that follows. @param {string} title */
  setTitle(title) {
    this.title_ = title;
    if (this.frame_) this.frame_.title = title;
  }

  /** @param {Order} order */
  perform(order) {
    switch (order.order) {
      case "showFrame":
        return this.showFrame_(order);
      case "removeFrame":
        return this.removeFrame_();
      case "postMessage":
        return this.frame_?.contentWindow?.postMessage(order.message, order.targetOrigin);
      case "setTimer":
        return this.setTimer_(order);
      case "clearTimer":
        return this.clearTimer_(order.timer);
      case "post":
        return void this.post_(order);
      case "navigate":
        return location.assign(order.url);
      case "submitForm":
        return this.submitForm_(order);
      case "finish":
        this.onInput_ = undefined;
    }
  }

  /**
   * A script can make up an event, but only the browser's own events are trusted. A message from any
   * window but the form's is not even read.
   * @param {Event} event
   */
  handleEvent(event) {
    if (!event.isTrusted) return;
    const frame = this.frame_;
    if (event.type == "load") this.report_({ input: "frameLoaded" });
    // Firefox says only later what has the focus now.
    else if (event.type == "blur") this.look_(1);
    else if (event.type == "message") {
      const { source, origin, data } = /** @type {MessageEvent} */ (event);
      if (source && source == frame?.contentWindow) this.report_({ input: "message", origin, data });
    } else {
      const violation = /** @type {SecurityPolicyViolationEvent} */ (event);
      const { effectiveDirective: directive, disposition, blockedURI: blockedUri } = violation;
      this.report_({ input: "policyViolation", directive, disposition, blockedUri });
    }
  }

  /** Reports if the frame has the focus. If not, looks again after this wait. @param {number} wait */
  look_(wait) {
    this.clearTimer_("focus");
    const root = /** @type {ShadowRoot} */ (this.place_.getRootNode());
    if (this.frame_ && root.activeElement == this.frame_) this.onInput_?.({ input: "frameFocused" });
    else if (wait <= LONGEST_LOOK) this.timers_.set("focus", setTimeout(() => this.look_(2 * wait), wait));
  }

  /** @param {OrderNamed<"showFrame">} order */
  showFrame_(order) {
    const { src, style, sandbox, referrerPolicy, allow } = order;
    if (this.showEarly_(order)) return;
    this.removeFrame_();
    const frame = (this.frame_ = document.createElement("iframe"));
    // By their names: an attribute from Object.prototype could show another document. The style through
    // the object model, because a strict policy forbids the attribute.
    Object.assign(frame, { title: this.title_, referrerPolicy, allow, sandbox, style, src });
    frame.addEventListener("load", this);
    this.place_.append(frame);
  }

  /**
   * Shows the frame that is there already, if it is the one that is ordered. What happened to it is reported after
   * the orders that came with this one.
   * @param {OrderNamed<"showFrame">} order
   */
  showEarly_(order) {
    const { early_: early, frame_: frame } = this;
    const names = /** @type {(keyof typeof order)[]} */ (Object.keys(order));
    if (!early || !frame || names.some((name) => order[name] != early.expected[name])) return false;
    this.early_ = undefined;
    Object.assign(frame, { title: this.title_, style: order.style });
    Promise.resolve().then(() => {
      for (const input of early.inputs) if (this.frame_ == frame) this.report_(input);
    });
    return true;
  }

  removeFrame_() {
    this.early_ = undefined;
    this.frame_?.remove();
    this.frame_ = undefined;
  }

  /**
   * The form is gone as soon as it is sent, so that no field stays in the page. Fields may have the names of
   * the form's own functions.
   * @param {OrderNamed<"submitForm">} order
   */
  submitForm_({ url, fields }) {
    const form = document.createElement("form");
    // Whatever the encoding of the page and the target of its links are.
    Object.assign(form, { method: "post", action: url, acceptCharset: "utf-8", target: "_self", hidden: true });
    const inputs = Object.entries(fields).map(([name, value]) =>
      Object.assign(document.createElement("input"), { type: "hidden", name, value }),
    );
    form.append(...inputs);
    this.place_.append(form);
    try {
      // Firefox throws where the page's policy forbids it.
      HTMLFormElement.prototype.submit.call(form);
    } finally {
      this.place_.removeChild(form);
    }
  }

  /** @param {OrderNamed<"setTimer">} order */
  setTimer_({ timer, milliseconds }) {
    this.clearTimer_(timer);
    const fire = () => {
      this.look_(Infinity);
      this.onInput_?.({ input: "timerFired", timer });
    };
    this.timers_.set(timer, setTimeout(fire, milliseconds));
  }

  /** @param {string} timer */
  clearTimer_(timer) {
    clearTimeout(this.timers_.get(timer));
  }

  /** @param {OrderNamed<"post">} order */
  async post_(order) {
    const begun = this.begun_;
    this.begun_ = undefined;
    const isBegun = begun && begun.url == order.url && begun.body == order.body;
    const answer = await (isBegun ? begun.answer : post(order));
    this.onInput_?.({ input: "answered", request: "" + order.request, ...answer });
    if (isBegun) this.settle();
  }
}

/**
 * @typedef {{ url: string, body: string, answer: Promise<Answer> }} Begun
 * @typedef {{ expected: OrderNamed<"showFrame">, inputs: Input[] }} Early
 */

/**
 * Sends a request. Returns status 0 if no complete answer arrived in time.
 * @param {Post} order
 * @returns {Promise<Answer>}
 */
export async function post({ url, base, token, body, timeout, keepalive }) {
  const { signal, release } = limit(timeout);
  try {
    /** @type {RequestInit} */
    const options = {
      // What a page put on Object.prototype must not become an option.
      // @ts-ignore: TypeScript does not know that this sets the prototype.
      __proto__: null,
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token && { "pantoken-result-token": token }),
      },
      body,
      keepalive,
      // A log-in page behind a redirect is no answer.
      redirect: "error",
      signal,
    };
    const response = await fetch(new URL(url, base ?? document.baseURI).href, options);
    const text = await response.text();
    const header = (/** @type {string} */ name) => response.headers.get(name);
    return {
      status: "" + response.status,
      body: text,
      type: header("content-type"),
      retryAfter: header("retry-after"),
      expiresIn: expiresIn(text, header("date")),
    };
  } catch {
    // No answer is an answer too: the machine knows what to do about it.
    return { status: "0" };
  } finally {
    release();
  }
}

/**
 * Returns how long before its end the session arrived, by the server's clock where that can be read.
 * @param {string} text @param {string | null} date
 */
function expiresIn(text, date) {
  try {
    return "" + Math.floor(Date.parse(JSON.parse(text).expiresAt) - (Date.parse(date ?? "") || Date.now()));
  } catch {
    // It has no end.
  }
}

/** Aborts a request that takes too long. AbortSignal.timeout is too new. @param {number} milliseconds */
export function limit(milliseconds) {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), milliseconds);
  return { signal: controller.signal, release: () => clearTimeout(timer) };
}
