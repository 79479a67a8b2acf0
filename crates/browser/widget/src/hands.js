// What only a script can do for a form: its frame, the window's messages, the timer, the calls to
// the session endpoint. Of the form it decides nothing: it tells the module what happened, and
// performs the orders that come back. Of a call it decides whether a later one may fare better. In
// JavaScript, because bindings to all that it touches would be as large as the rest of the element.

/** The longest text that is read of a message or an answer. */
const LONGEST = 16384;
/** How long any answer may take, in milliseconds. */
const ANSWER_TIME = 15000;
/** Of the window, to which a violation of the page's policy bubbles up. */
const EVENTS = ["securitypolicyviolation", "message"];
/** The fields of a message and of a session, in the order in which the module reads them. */
const MESSAGE = ["status", "requestId", "panToken", "errorCode", "errorMessage"];
const SESSION = ["formUrl", "requestId", "resultToken"];
/** The least size is the provider's; the rest is the page's to say. */
const STYLE =
  "display:block;border:var(--pantoken-border,0);border-radius:var(--pantoken-radius,0);width:100%;height:100%;min-width:320px;min-height:500px";
/** The longest wait between two reports of a saved card, in milliseconds. */
const LONGEST_WAIT = 30000;
/** All that a form needs, and never top navigation, so that a form cannot take the page away. */
const SANDBOX = "allow-forms allow-modals allow-popups allow-same-origin allow-scripts";

/** A text for each line; another control character stands for its line breaks. */
export const lines = (fields) =>
  fields.map((field) => String(field ?? "").replace(/\n/g, "\r")).join("\n");

/** The object that a text holds in JSON; any other text is a status. */
function read(data) {
  if (typeof data != "string") return data;
  if (data.length > LONGEST) return;
  try {
    const object = JSON.parse(data);
    if (typeof object == "object") return object;
  } catch {
    // A text need not be JSON.
  }
  return { status: data };
}

/** A field of an object, with its type before it: a text, an integer that is exact, or neither. */
function field(object, name) {
  try {
    // What a page put on Object.prototype is no word of the form's.
    const value = Object.hasOwn(object, name) ? object[name] : undefined;
    if (value == null) return "";
    if (typeof value == "string") return value.length > LONGEST ? "?" : "s" + value;
    return Number.isSafeInteger(value) || value === BigInt.asIntN(64, value) ? "n" + value : "?";
  } catch {
    return "?";
  }
}

const fields = (object, names) => names.map((name) => field(object, name));

/** What gives a call up; old browsers have none. */
export const inTime = () => AbortSignal.timeout?.(ANSWER_TIME);

/** Gives the status, 0 where there was no whole answer in time, and the answer. */
async function post(url, token, body) {
  try {
    const response = await fetch(url, {
      // What a page put on Object.prototype is no option of ours.
      __proto__: null,
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token && { authorization: "Bearer " + token }),
      },
      body: JSON.stringify(body),
      // The report of a saved card goes out even while the customer leaves the page.
      keepalive: true,
      signal: inTime(),
    });
    const text = await response.text();
    return [response.status, text];
  } catch {
    // No answer is an answer, and who asked knows what to do about it.
    return [0];
  }
}

/** Why a status is no success, for developers. */
const problem = (status) => {
  if (status == 200 || status == 201) return "";
  return status ? "the session endpoint answered " + status : "no answer";
};

/** Whether the same call may fare better later. */
const isPassing = (status) => !status || status >= 500 || [408, 425, 429].includes(status);

export class Hands {
  // Fields of its own, whatever a page put on Object.prototype.
  place;
  input;
  heed;
  #frame;
  #timer;
  /** The last call for a session; what an earlier one still brings is not wanted. */
  #session;

  /** `input` takes what happened and gives orders; `heed` is called when they are performed. */
  constructor(place, input, heed) {
    this.place = place;
    this.input = input;
    this.heed = heed;
    EVENTS.map((type) => addEventListener(type, this));
  }

  tell(...happened) {
    this.perform(this.input?.(lines(happened)).split("\n") ?? []);
    this.heed?.();
  }

  /** An order is a method, and is followed by as many lines as that has parameters. */
  perform(orders) {
    for (let order; (order = orders.shift()); )
      this[order](...orders.splice(0, this[order].length));
  }

  redirect() {
    this.tell("away", location.origin + location.pathname);
  }

  leave() {
    EVENTS.map((type) => removeEventListener(type, this));
    this.tell("end");
    this.input = undefined;
  }

  // A script can make up an event that it dispatches itself, but not that the browser vouches for
  // it. A message that no window of ours sent is not even read.
  handleEvent(event) {
    if (!event.isTrusted) return;
    if (event.type == "load") this.tell("loaded");
    else if (event.type == "message") {
      if (event.source && event.source == this.#frame?.contentWindow)
        this.tell("message", event.origin, ...fields(read(event.data), MESSAGE));
    }
    // Of the frame's URL, or what the browser leaves of it; and not only for a report.
    else if (
      event.blockedURI &&
      event.disposition != "report" &&
      event.effectiveDirective == "frame-src" &&
      this.#frame?.src.startsWith(event.blockedURI)
    )
      this.tell("blocked");
  }

  #result(body) {
    const { endpoint, answer } = this.#session;
    const url = `${endpoint.replace(/\/$/, "")}/${answer.requestId}/result`;
    return post(url, answer.resultToken, body);
  }

  /** Goes on until the endpoint has had its say, even when the form is gone from the page: the card
   *  is saved, and only we know its token. */
  async report(panToken) {
    for (let wait = 500; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
      const [status] = await this.#result({ panToken });
      if (!isPassing(status)) return this.tell("kept", problem(status));
      await new Promise((done) => setTimeout(done, wait));
    }
  }

  async create(endpoint, flow, language, returnUrl) {
    const session = (this.#session = { endpoint });
    const body = { flow, language, ...(returnUrl && { returnUrl }) };
    const [status, text] = await post(endpoint, "", body);
    if (session != this.#session) return;
    session.answer = read(text);
    this.tell("created", problem(status), ...fields(session.answer, SESSION));
  }

  /** Once and not waited for: an error is no loss, and the customer may still correct it. */
  mention(errorCode, errorMessage) {
    this.#result({ errorCode, errorMessage });
  }

  go(url) {
    location.assign(url);
  }

  show(src, title) {
    this.remove();
    const frame = (this.#frame = document.createElement("iframe"));
    // With these alone: an attribute from Object.prototype could show another document. The style
    // through the object model, because a strict policy forbids the attribute.
    const referrerPolicy = "strict-origin";
    Object.assign(frame, { title, referrerPolicy, allow: "", sandbox: SANDBOX, style: STYLE, src });
    frame.addEventListener("load", this);
    this.place.append(frame);
  }

  // Any message will do: from it the form learns our origin.
  answer(origin) {
    this.#frame?.contentWindow?.postMessage("pantoken", origin);
  }

  remove() {
    this.#frame?.remove();
    this.#frame = undefined;
  }

  wait(milliseconds) {
    this.stop();
    this.#timer = setTimeout(() => this.tell("timeout"), milliseconds);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}
