import type { AllowedComponentProps, ShallowUnwrapRef, Ref, VNode, VNodeProps } from "vue";
import type {
  ErrorDetail,
  PantokenFormElement,
  PantokenFormProperties,
  PantokenRedirectElement,
  PantokenRedirectProperties,
  ReadyDetail,
  SavedDetail,
  WarningDetail,
} from "./index.js";

/** The properties of `<PantokenForm>`: the element's in camel case. */
export type PantokenFormProps = PantokenFormProperties;

/** What `<PantokenForm>` emits. */
export type PantokenFormEmits = {
  ready: (detail: ReadyDetail) => void;
  saved: (detail: SavedDetail) => void;
  error: (detail: ErrorDetail) => void;
  warning: (detail: WarningDetail) => void;
};

type Listeners = { [Name in keyof PantokenFormEmits as `on${Capitalize<Name>}`]?: PantokenFormEmits[Name] };

/** Renders `<pantoken-form>`. */
export declare const PantokenForm: new () => {
  $props: PantokenFormProps & Listeners & VNodeProps & AllowedComponentProps;
  $emit: <Name extends keyof PantokenFormEmits>(name: Name, ...detail: Parameters<PantokenFormEmits[Name]>) => void;
  $slots: {
    /** What the page shows while the form loads. */
    default?: () => VNode[];
  };
} & ShallowUnwrapRef<{
  /** The element itself, once it is mounted. */
  element: Ref<PantokenFormElement | null>;
}> & {
    /** Loads the form afresh. */
    reload(): void;
  };

/** The properties of `<PantokenRedirect>`: the element's in camel case. */
export type PantokenRedirectProps = PantokenRedirectProperties;

/** What `<PantokenRedirect>` emits. */
export type PantokenRedirectEmits = { error: (detail: ErrorDetail) => void };

/** Renders `<pantoken-redirect>`. */
export declare const PantokenRedirect: new () => {
  $props: PantokenRedirectProps & { onError?: PantokenRedirectEmits["error"] } & VNodeProps & AllowedComponentProps;
  $emit: (name: "error", detail: ErrorDetail) => void;
  $slots: {
    /** The button's label. */
    default?: () => VNode[];
  };
} & ShallowUnwrapRef<{
  /** The element itself, once it is mounted. */
  element: Ref<PantokenRedirectElement | null>;
}> & {
    /** Forgets the last error, and waits for the customer again. */
    reload(): void;
  };

declare module "vue" {
  interface GlobalComponents {
    PantokenForm: typeof PantokenForm;
    PantokenRedirect: typeof PantokenRedirect;
  }
}
