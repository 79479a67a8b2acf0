// For tests of pages: an element without WebAssembly and without a network, which says what a test tells it to,
// and what fills the form of the sandbox in a browser.

const PROPERTIES = {
  sessionUrl: "session-url",
  formUrl: "form-url",
  language: "language",
  readyTimeout: "ready-timeout",
  formOrigin: "form-origin",
  flow: "flow",
  returnUrl: "return-url",
  token: "token",
};

/** The codes of the page itself, and whether the customer can go on after each. */
const HOST_CODES = {
  READY_TIMEOUT: true,
  SESSION_FAILED: true,
  LOAD_FAILED: true,
  FRAME_BLOCKED: false,
  RESULT_REJECTED: false,
  INVALID_FORM_URL: false,
};

/** The codes of the form after which the customer can go on. */
const RECOVERABLE_FORM_CODES = ["INVALID_PAN"];

const REQUEST_ID = "123456789";
const PAN_TOKEN = "test-pan-token";

/**
 * Defines the stand-in, once for each document. Call it before anything imports `pantoken`.
 * @param {string} [tag]
 */
export function defineStandIn(tag = "pantoken-form") {
  const found = customElements.get(tag);
  if (!found) return customElements.define(tag, makeClass());
  if (!("isStandIn" in found)) {
    throw new Error(`<${tag}> is defined already: call defineStandIn before anything imports pantoken`);
  }
}

/** Not at the top: what provides HTMLElement may come later. */
function makeClass() {
  class StandIn extends HTMLElement {
    static isStandIn = true;

    constructor() {
      super();
      /** @type {string} */
      this.state = "idle";
      /** How often the page has called `reload`. */
      this.reloads = 0;
      for (const name of ["session", "texts"]) {
        if (!Object.prototype.hasOwnProperty.call(this, name)) /** @type {any} */ (this)[name] = undefined;
      }
    }

    connectedCallback() {
      this.state = "loading";
    }

    disconnectedCallback() {
      this.state = "idle";
    }

    reload() {
      if (this.state == "saved") return;
      this.reloads++;
      this.state = "loading";
    }
  }
  for (const [property, attribute] of Object.entries(PROPERTIES)) {
    Object.defineProperty(StandIn.prototype, property, {
      /** @this {HTMLElement} */
      get() {
        return this.getAttribute(attribute);
      },
      /** @this {HTMLElement} @param {any} value */
      set(value) {
        if (value == null) this.removeAttribute(attribute);
        else this.setAttribute(attribute, value);
      },
    });
  }
  return StandIn;
}

/** The form is there. @param {any} form @param {object} [detail] */
export function emitReady(form, detail) {
  emit(form, "ready", "pantoken-ready", { requestId: requestId(form), ...detail });
}

/**
 * The card is saved. As in the element, the page has the token only with `form-url` or `token="page"`.
 * @param {any} form @param {object} [detail]
 */
export function emitSaved(form, detail) {
  if (form.state == "saved") throw new Error("the element emits pantoken-saved at most once per session");
  const hasToken = form.hasAttribute("form-url") || form.getAttribute("token") == "page";
  emit(form, "saved", "pantoken-saved", {
    requestId: requestId(form),
    ...(hasToken && { panToken: PAN_TOKEN }),
    ...detail,
  });
}

/**
 * Something went wrong; the code says whose fault it is and whether the customer can go on.
 * @param {any} form @param {{ code: string }} detail
 */
export function emitError(form, { code, ...detail }) {
  const isHost = Object.prototype.hasOwnProperty.call(HOST_CODES, code);
  const recoverable = isHost
    ? HOST_CODES[/** @type {keyof HOST_CODES} */ (code)]
    : RECOVERABLE_FORM_CODES.includes(code);
  const source = isHost ? "host" : "form";
  const state = isHost || !recoverable ? "failed" : form.state;
  const error = { requestId: requestId(form), code, message: code, source, recoverable, ...detail };
  emit(form, state, "pantoken-error", error);
}

/** @param {any} form @param {{ code: string }} detail */
export function emitWarning(form, detail) {
  emit(form, form.state, "pantoken-warning", { requestId: requestId(form), ...detail });
}

/** @param {any} form @param {string} state @param {string} type @param {object} detail */
function emit(form, state, type, detail) {
  if (!form?.constructor.isStandIn) {
    throw new Error("this is not the stand-in of pantoken/testing: call defineStandIn before the page renders");
  }
  // After its removal the element emits nothing.
  if (!form.isConnected) throw new Error("the element is not in the document, where it emits nothing");
  form.state = state;
  const { CustomEvent } = form.ownerDocument.defaultView;
  form.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** @param {any} form */
const requestId = (form) => form.session?.requestId ?? REQUEST_ID;

/** A card number that the sandbox's form accepts. */
export const CARD_NUMBER = "4242424242424242";

/**
 * Playwright: saves a card in the sandbox's form, and waits until the element says that it is saved.
 * @param {any} page Playwright's `Page`.
 * @param {{ number?: string, selector?: string }} [options]
 */
export async function saveCard(page, { number = CARD_NUMBER, selector = "pantoken-form" } = {}) {
  const form = page.frameLocator(`${selector} iframe`);
  await form.locator('body[data-state="ready"]').waitFor();
  await form.locator("#card-number").fill(number);
  await form.locator("#save").click();
  await page.locator(`${selector} [part~="saved"]`).waitFor({ state: "attached" });
}

/**
 * Cypress: adds the command `cy.saveCard()`. It needs `chromeWebSecurity: false`, because the form is of another
 * origin.
 * @param {any} Cypress
 */
export function addCypressCommand(Cypress) {
  const { cy } = /** @type {any} */ (globalThis);
  Cypress.Commands.add(
    "saveCard",
    (/** @type {any} */ { number = CARD_NUMBER, selector = "pantoken-form" } = {}) => {
      const inForm = (/** @type {string} */ found) =>
        cy.get(selector).shadow().find("iframe").its("0.contentDocument").find(found);
      inForm('body[data-state="ready"]').should("exist");
      inForm("#card-number").type(number);
      inForm("#save").click();
      cy.get(selector).should("have.prop", "state", "saved");
    },
  );
}
