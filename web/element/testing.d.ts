import type {
  ErrorDetail,
  FormErrorCode,
  HostErrorCode,
  PantokenFormElement,
  ReadyDetail,
  SavedDetail,
  WarningDetail,
} from "./index.js";

/** The element that `defineStandIn` defines. */
export interface StandIn extends PantokenFormElement {
  /** How often the page has called `reload`. */
  readonly reloads: number;
}

/**
 * Defines an element without WebAssembly and without a network, for jsdom and happy-dom. Call it before anything
 * imports `pantoken`.
 */
export declare function defineStandIn(tag?: string): void;

/** Emits `pantoken-ready`. */
export declare function emitReady(form: Element | null, detail?: Partial<ReadyDetail>): void;

/** Emits `pantoken-saved`, which throws if the card is saved already. */
export declare function emitSaved(form: Element | null, detail?: Partial<SavedDetail>): void;

/** Emits `pantoken-error`. The code says whose fault it is and whether the customer can go on. */
export declare function emitError(
  form: Element | null,
  detail: { code: FormErrorCode | HostErrorCode } & Partial<Omit<ErrorDetail, "code">> & {
      problem?: { status: number; code: string; detail: string };
    },
): void;

/** Emits `pantoken-warning`. */
export declare function emitWarning(
  form: Element | null,
  detail: Pick<WarningDetail, "code"> & Partial<WarningDetail>,
): void;

/** A card number that the sandbox's form accepts. */
export declare const CARD_NUMBER: string;

/** Which card to save, and the selector of the element. */
export interface SaveCardOptions {
  number?: string;
  selector?: string;
}

interface Locator {
  waitFor(options?: { state?: "attached" }): Promise<void>;
  fill(text: string): Promise<void>;
  click(): Promise<void>;
}

/** What is used of Playwright's `Page`. */
interface Page {
  frameLocator(selector: string): { locator(selector: string): Locator };
  locator(selector: string): Locator;
}

/** Playwright: saves a card in the sandbox's form, and waits until the element says that it is saved. */
export declare function saveCard(page: Page, options?: SaveCardOptions): Promise<void>;

/** Cypress: adds the command `cy.saveCard()`. It needs `chromeWebSecurity: false`. */
export declare function addCypressCommand(Cypress: { Commands: { add(name: string, command: unknown): void } }): void;
