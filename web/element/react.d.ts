import type { PantokenFormProps } from "./index.js";

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "pantoken-form": PantokenFormProps;
    }
  }
}
