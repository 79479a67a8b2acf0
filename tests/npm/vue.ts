// What `pantoken/vue` may be given, and after `@ts-expect-error` what it may not.
import type { PantokenFormElement, PantokenRedirectElement, RedirectSession, Session } from "pantoken";
import { PantokenForm, PantokenRedirect } from "pantoken/vue";
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

declare const redirect: RedirectSession;
h(PantokenRedirect, { sessionUrl: "/pay", language: "kz", onError: ({ code }) => void code }, () => "Pay");
h(PantokenRedirect, { session: redirect, texts: { retry: "Once more" } });
type ButtonProps = InstanceType<typeof PantokenRedirect>["$props"];
// @ts-expect-error a button leads somewhere
const nowhere: ButtonProps = {};
// @ts-expect-error a button has no form URL
const formUrl: ButtonProps = { formUrl: "https://a2c.qiwi.kz/form?…" };
declare const pay: InstanceType<typeof PantokenRedirect>;
const button: PantokenRedirectElement | null = pay.element;
pay.reload();
// @ts-expect-error a button saves nothing
pay.$emit("saved", { requestId: "1" });
const buttonOfTemplates: GlobalComponents["PantokenRedirect"] = PantokenRedirect;
type ButtonTagProps = InstanceType<GlobalComponents["pantoken-redirect"]>["$props"];
const buttonTag: ButtonTagProps = { "session-url": "/pay", language: "en" };
export const buttons = [nowhere, formUrl, button, buttonOfTemplates, buttonTag];
