import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from "react";
import type {
  PantokenFormElement,
  PantokenFormEventMap,
  PantokenFormProperties,
  PantokenRedirectElement,
  PantokenRedirectProperties,
} from "./index.js";

/** Receives what an event says, and the event itself. */
type Listener<Name extends keyof PantokenFormEventMap> = (
  detail: PantokenFormEventMap[Name]["detail"],
  event: PantokenFormEventMap[Name],
) => void;

/** The properties of `<PantokenForm>`: the element's in camel case, the listeners, and those of every tag. */
export type PantokenFormProps = PantokenFormProperties & {
  onReady?: Listener<"pantoken-ready">;
  onSaved?: Listener<"pantoken-saved">;
  onError?: Listener<"pantoken-error">;
  onWarning?: Listener<"pantoken-warning">;
} & Omit<HTMLAttributes<PantokenFormElement>, "onError" | "title">;

/** Renders `<pantoken-form>`. A ref gives the element. */
export declare const PantokenForm: ForwardRefExoticComponent<PantokenFormProps & RefAttributes<PantokenFormElement>>;

/** The properties of `<PantokenRedirect>`: the element's in camel case, the listener, and those of every tag. */
export type PantokenRedirectProps = PantokenRedirectProperties & {
  onError?: Listener<"pantoken-error">;
} & Omit<HTMLAttributes<PantokenRedirectElement>, "onError">;

/** Renders `<pantoken-redirect>`, with its children as the label. A ref gives the element. */
export declare const PantokenRedirect: ForwardRefExoticComponent<
  PantokenRedirectProps & RefAttributes<PantokenRedirectElement>
>;
