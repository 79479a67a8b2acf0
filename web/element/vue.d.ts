import type { AllowedComponentProps, ShallowUnwrapRef, Ref, VNode, VNodeProps } from "vue";
import type {
  ErrorDetail,
  PantokenFormElement,
  PantokenFormProperties,
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

declare module "vue" {
  interface GlobalComponents {
    PantokenForm: typeof PantokenForm;
  }
}
