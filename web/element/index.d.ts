/** Where a form is; `idle` as long as it has no `form-url`, `session-url` or `session`. */
export type FormState = "idle" | "loading" | "ready" | "saved" | "failed";

/** A code of the provider's; one that is not listed is kept as it came. */
export type FormErrorCode =
  | "AGENT_NOT_FOUND"
  | "AGENT_SIGN_INVALID"
  | "PARSE_REQUEST_ERROR"
  | "INVALID_SESSION"
  | "INVALID_PAN"
  | "PAN_IS_EXISTS_FOR_REQUEST"
  | "FORBIDDEN"
  | (string & {});

/** What the server says of a card that payin has refused. */
export type VerificationErrorCode = "CARD_REFUSED";

/** What the page itself found wrong. */
export type HostErrorCode =
  | "READY_TIMEOUT"
  | "FRAME_BLOCKED"
  | "SESSION_FAILED"
  | "RESULT_REJECTED"
  | "INVALID_FORM_URL"
  | "LOAD_FAILED";

/** What you may want to monitor; the customer need not know. */
export type WarningCode =
  | "REQUEST_MISMATCH"
  | "UNREADABLE_MESSAGE"
  | "CONFLICTING_RESULT"
  | "RESULT_BEFORE_READY"
  | "REPORT_DELAYED";

/** The form is there; once for each load of its frame. */
export interface ReadyDetail {
  /** Decimal digits, because a number could not hold them all; for payin a UUID. */
  requestId: string;
}

/** The card is saved; at most once for each session. */
export interface SavedDetail {
  requestId: string;
  /** With a session, your server has the token, and the page only if it has `token="page"`; never for payin. */
  panToken?: string;
}

/** What the session endpoint itself answered. */
export interface Problem {
  status: number;
  /** The server's code, such as `ORIGIN_NOT_ALLOWED`; empty if it gave none. */
  code: string;
  detail: string;
}

/** A session or a card verification that your back end made: the server's 201 answer. */
export interface Session {
  /** Whose form it is; `a2c` unless given. */
  form?: "a2c" | "payin";
  requestId: string;
  formUrl: string;
  resultToken: string;
  resultUrl: string;
  [more: string]: unknown;
}

/** What the customer reads. A text that is left out is the element's own. */
export type Texts = Partial<
  Record<
    | "title"
    | "loading"
    | "saved"
    | "retry"
    | "redirect"
    | "network"
    | "shop"
    | "newSession"
    | "cardSavedBefore"
    | "invalidNumber"
    | "wait"
    | "other"
    | "notOpened"
    | "cardRefused",
    string
  >
>;

/** Something went wrong. */
export type ErrorDetail = {
  /** `null` where there is no session or no readable form URL. */
  requestId: string | null;
  /** For developers, in English or in the provider's words. */
  message: string;
  /** Whether the customer can go on, in the same form or by a retry. */
  recoverable: boolean;
} & (
  | { source: "form"; code: FormErrorCode | VerificationErrorCode }
  | { source: "host"; code: HostErrorCode; problem?: Problem }
);

/** Something to monitor. */
export interface WarningDetail {
  requestId: string;
  code: WarningCode;
}

export interface PantokenFormEventMap {
  "pantoken-ready": CustomEvent<ReadyDetail>;
  "pantoken-saved": CustomEvent<SavedDetail>;
  "pantoken-error": CustomEvent<ErrorDetail>;
  "pantoken-warning": CustomEvent<WarningDetail>;
}

/** The element `<pantoken-form>`. */
export interface PantokenFormElement extends HTMLElement {
  /** Where the form is. */
  readonly state: FormState;

  /** Texts of your own in place of the element's. */
  texts: Texts | undefined;

  /** A session that your back end made: the object, or its JSON. */
  session: Session | string | null;
  formUrl: string | null;
  sessionUrl: string | null;
  language: string | null;
  readyTimeout: string | number | null;
  formOrigin: string | null;
  flow: string | null;
  returnUrl: string | null;
  token: string | null;

  /** Loads the form afresh; with `session-url`, in a new session. Does nothing once a card is saved. */
  reload(): void;

  addEventListener<K extends keyof PantokenFormEventMap>(
    type: K,
    listener: (this: PantokenFormElement, event: PantokenFormEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: PantokenFormElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof PantokenFormEventMap>(
    type: K,
    listener: (this: PantokenFormElement, event: PantokenFormEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: PantokenFormElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The element `<pantoken-redirect>`: a button whose label is its content. */
export interface PantokenRedirectElement extends HTMLElement {
  /** Where the button is: `loading` while it is busy. */
  readonly state: "idle" | "loading" | "failed";

  /** Texts of your own in place of the element's. */
  texts: Texts | undefined;

  /** A session that your back end made: the object, or its JSON. */
  session: RedirectSession | string | null;
  sessionUrl: string | null;
  language: string | null;
  formOrigin: string | null;
  returnUrl: string | null;

  /** Forgets the last error, and waits for the customer again. */
  reload(): void;

  addEventListener(
    type: "pantoken-error",
    listener: (this: PantokenRedirectElement, event: PantokenFormEventMap["pantoken-error"]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: PantokenRedirectElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener(
    type: "pantoken-error",
    listener: (this: PantokenRedirectElement, event: PantokenFormEventMap["pantoken-error"]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: PantokenRedirectElement, event: HTMLElementEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** A session that leads to a page of the provider's: the server's 201 answer. */
export interface RedirectSession {
  requestId: string;
  formUrl: string;
  /** The provider's dialect; `a2c` unless given. */
  form?: "a2c" | "payin" | "qiwi-pay";
  /** `POST` for qiwi-pay, whose `fields` are posted. */
  method?: string;
  fields?: Record<string, string>;
  [more: string]: unknown;
}

/** A language of the form. Kazakh is `kz` for the provider, and `kk` for everybody else. */
export type FormLanguage = "ru" | "en" | "kz" | "kk";

/** The attributes of `<pantoken-redirect>`. */
export type PantokenRedirectAttributes = (
  | { "session-url": string; session?: undefined; "return-url"?: string }
  | { session: RedirectSession | string; "session-url"?: undefined; "return-url"?: undefined }
) & {
  /** The form's language; the form URL's, or else `ru`, unless given. */
  language?: FormLanguage;
  /** One more origin on which a form URL is accepted. */
  "form-origin"?: `https://${string}` | `http://${string}`;
};

/** The attributes of `<pantoken-redirect>` in JSX, with those of every element. */
export type PantokenRedirectProps = PantokenRedirectAttributes & {
  id?: string;
  class?: string;
  className?: string;
  style?: unknown;
  slot?: string;
  title?: string;
  hidden?: boolean;
  /** The button's label. */
  children?: unknown;
  key?: string | number | bigint | null;
  ref?: unknown;
  "onpantoken-error"?: (event: PantokenFormEventMap["pantoken-error"]) => void;
};

/** Defines the form's element; importing the package in a browser does it for `pantoken-form`. */
export function defineElement(tag?: string): void;

/**
 * Says where the WebAssembly modules are, before the first element needs one, and defines the elements: `module` is that
 * of `<pantoken-form>`, and `redirectModule` that of `<pantoken-redirect>`, which is beside it by default.
 */
export function defineElements(options?: { module?: string | URL; redirectModule?: string | URL }): void;

type FormSource =
  | {
      /** The form URL that your server signed for the iframe flow; the form waits until there is one. */
      "form-url": string | undefined;
      "session-url"?: undefined;
      session?: undefined;
      token?: undefined;
      flow?: undefined;
      "return-url"?: undefined;
    }
  | {
      /** The URL of `POST /v1/sessions`: it gives the form URL and takes the result. */
      "session-url": string;
      "form-url"?: undefined;
      session?: undefined;
      /** `page` lets the page have the token, which your server has already. */
      token?: "page";
      /** Sends the whole page to the form, by a button, instead of embedding it. */
      flow?: "redirect";
      /** Where the customer comes back to; the page's own URL without query unless given. */
      "return-url"?: string;
    }
  | {
      /** A session that your back end made: the server's answer, as an object (a property) or as JSON. */
      session: Session | string | undefined;
      "session-url"?: undefined;
      "form-url"?: undefined;
      token?: "page";
      flow?: undefined;
      "return-url"?: undefined;
    };

/** The element's own attributes. */
export type PantokenFormAttributes = FormSource & {
  /** The form's language; the form URL's, or else `ru`, unless given. */
  language?: FormLanguage;
  /** The iframe's title; one in the form's language unless given. */
  title?: string;
  /** How long to wait for the form, in milliseconds; 15000 unless given. */
  "ready-timeout"?: number | `${number}`;
  /** One more origin on which a form URL is accepted. */
  "form-origin"?: `https://${string}` | `http://${string}`;
};

/** The attributes in JSX, with those of every element. */
export type PantokenFormProps = PantokenFormAttributes & {
  id?: string;
  class?: string;
  className?: string;
  style?: unknown;
  slot?: string;
  hidden?: boolean;
  /** What the page shows while the form loads. */
  children?: unknown;
  key?: string | number | bigint | null;
  ref?: unknown;
  "onpantoken-ready"?: (event: PantokenFormEventMap["pantoken-ready"]) => void;
  "onpantoken-saved"?: (event: PantokenFormEventMap["pantoken-saved"]) => void;
  "onpantoken-error"?: (event: PantokenFormEventMap["pantoken-error"]) => void;
  "onpantoken-warning"?: (event: PantokenFormEventMap["pantoken-warning"]) => void;
};

type CamelCase<Name> = Name extends `${infer Word}-${infer Rest}` ? `${Word}${Capitalize<CamelCase<Rest>>}` : Name;
type InCamelCase<Attributes> = Attributes extends unknown
  ? { [Name in keyof Attributes as CamelCase<Name>]: Attributes[Name] }
  : never;

/** The properties of `PantokenForm` for React and Vue. */
export type PantokenFormProperties = InCamelCase<PantokenFormAttributes> & {
  /** Texts of your own in place of the element's. */
  texts?: Texts;
};

/** The properties of `PantokenRedirect` for React and Vue. */
export type PantokenRedirectProperties = InCamelCase<PantokenRedirectAttributes> & {
  /** Texts of your own in place of the element's. */
  texts?: Texts;
};

declare global {
  interface HTMLElementTagNameMap {
    "pantoken-form": PantokenFormElement;
    "pantoken-redirect": PantokenRedirectElement;
  }

  namespace JSX {
    interface IntrinsicElements {
      "pantoken-form": PantokenFormProps;
      "pantoken-redirect": PantokenRedirectProps;
    }
  }
}

// Without React's types there is nothing to add this to, and that is no error of the page's.
// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "pantoken-form": PantokenFormProps;
      "pantoken-redirect": PantokenRedirectProps;
    }
  }
}

// The same for Vue's templates.
// @ts-ignore
declare module "vue" {
  interface GlobalComponents {
    "pantoken-form": new () => { $props: PantokenFormProps };
    "pantoken-redirect": new () => { $props: PantokenRedirectProps };
  }
}
