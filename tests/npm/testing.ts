// What a test may say, and after `@ts-expect-error` what it may not.
import { addCypressCommand, CARD_NUMBER, defineStandIn, emitError, emitReady, emitSaved, emitWarning } from "pantoken/testing";
import type { StandIn } from "pantoken/testing";

defineStandIn();
const form = document.querySelector("pantoken-form") as StandIn;
emitReady(form);
emitSaved(form, { requestId: "1", panToken: "token" });
emitError(form, { code: "SESSION_FAILED", problem: { status: 403, code: "ORIGIN_NOT_ALLOWED", detail: "no" } });
emitWarning(form, { code: "REPORT_DELAYED" });
// @ts-expect-error a warning has a code
emitWarning(form, {});
// @ts-expect-error a number could not hold all digits
emitReady(form, { requestId: 1 });
export const counted: [number, string] = [form.reloads, CARD_NUMBER];
addCypressCommand({ Commands: { add: (name: string) => void name } });
