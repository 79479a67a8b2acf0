/** Where a form is; `idle` as long as it has neither `form-url` nor `session-url`. */
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

/** What the page itself found wrong. */
export type HostErrorCode =
  | "READY_TIMEOUT"
  | "FRAME_BLOCKED"
  | "SESSION_FAILED"
  | "RESULT_REJECTED"
  | "INVALID_FORM_URL";

/** What you may want to monitor; the customer need not know. */
export type WarningCode =
  | "REQUEST_MISMATCH"
  | "UNREADABLE_MESSAGE"
  | "CONFLICTING_RESULT"
  | "RESULT_BEFORE_READY";

/** The form is there; once for each load of its frame. */
export interface ReadyDetail {
  /** Decimal digits: a number could not hold them all. */
  requestId: string;
}

/** The card is saved; at most once for each session. */
export interface SavedDetail {
  requestId: string;
  panToken: string;
}

/** Something went wrong. */
export type ErrorDetail = {
  /** `null` where there is no session or no readable form URL. */
  requestId: string | null;
  /** For developers, in English or in the provider's words. */
  message: string;
  /** Whether the customer can go on, in the same form or by a retry. */
  recoverable: boolean;
} & ({ source: "form"; code: FormErrorCode } | { source: "host"; code: HostErrorCode });

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

/** Defines the element; importing the package in a browser does it for `pantoken-form`. */
export function defineElement(tag?: string): void;

type FormSource =
  | {
      /** The form URL that your server signed for the iframe flow; the form waits until there is one. */
      "form-url": string | undefined;
      "session-url"?: undefined;
      flow?: undefined;
      "return-url"?: undefined;
    }
  | {
      /** The URL of `POST /v1/sessions`: it gives the form URL and takes the result. */
      "session-url": string;
      "form-url"?: undefined;
      /** Sends the whole page to the form, by a button, instead of embedding it. */
      flow?: "redirect";
      /** Where the customer comes back to; the page's own URL without query unless given. */
      "return-url"?: string;
    };

/** The element's own attributes. */
export type PantokenFormAttributes = FormSource & {
  /** The form's language; the form URL's, or else `ru`, unless given. */
  language?: "ru" | "en" | "kz";
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
  children?: never;
  key?: string | number | bigint | null;
  ref?: unknown;
  "onpantoken-ready"?: (event: PantokenFormEventMap["pantoken-ready"]) => void;
  "onpantoken-saved"?: (event: PantokenFormEventMap["pantoken-saved"]) => void;
  "onpantoken-error"?: (event: PantokenFormEventMap["pantoken-error"]) => void;
  "onpantoken-warning"?: (event: PantokenFormEventMap["pantoken-warning"]) => void;
};

declare global {
  interface HTMLElementTagNameMap {
    "pantoken-form": PantokenFormElement;
  }

  namespace JSX {
    interface IntrinsicElements {
      "pantoken-form": PantokenFormProps;
    }
  }
}

// Without React's types there is nothing to add this to, and that is no error of the page's.
// @ts-ignore
declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "pantoken-form": PantokenFormProps;
    }
  }
}
