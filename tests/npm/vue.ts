// What `pantoken/vue` may be given, and after `@ts-expect-error` what it may not.
import type { PantokenFormElement, Session } from "pantoken";
import { PantokenForm } from "pantoken/vue";
import { type GlobalComponents, h } from "vue";

declare const session: Session | undefined;
h(PantokenForm, { sessionUrl: "/v1/sessions", language: "kz", onSaved: ({ panToken }) => void panToken });
h(PantokenForm, { session, texts: { retry: "Once more" }, onError: ({ code }) => void code });

type Props = InstanceType<typeof PantokenForm>["$props"];
const props: Props = { sessionUrl: "/v1/sessions", onReady: ({ requestId }) => void requestId, class: "card" };
// @ts-expect-error a form has one source
const none: Props = {};
// @ts-expect-error there is no such language
const german: Props = { sessionUrl: "/v1/sessions", language: "de" };
// @ts-expect-error a saved card has no code
const coded: Props = { sessionUrl: "/v1/sessions", onSaved: ({ code }) => void code };
export const all = [props, none, german, coded];

declare const component: InstanceType<typeof PantokenForm>;
const element: PantokenFormElement | null = component.element;
component.reload();
component.$emit("saved", { requestId: "1" });
// @ts-expect-error it emits nothing of this name
component.$emit("done", { requestId: "1" });

const ofTemplates: GlobalComponents["PantokenForm"] = PantokenForm;
type TagProps = InstanceType<GlobalComponents["pantoken-form"]>["$props"];
const tag: TagProps = { "session-url": "/v1/sessions", language: "en" };
export const templates = [element, ofTemplates, tag];
