import { FORMS } from "./forms.js";

/** @import { OrderNamed } from "./driver.js" */

/**
 * Returns the frame that the machine will probably order for a session, so that the form loads while the module does.
 * The machine decides: until it orders the same frame, the driver shows this one to nobody.
 * @param {unknown} session A session, also as JSON, or what has at least its `formUrl`.
 * @param {string | null} language The language of the form, where the page has one.
 * @param {string | null} extraOrigin An origin that the page allows beside the provider's.
 * @returns {OrderNamed<"showFrame"> | undefined}
 */
export function expectedFrame(session, language, extraOrigin) {
  try {
    const { form, formUrl } = typeof session == "string" ? JSON.parse(session) : session;
    const { origin, searchParams } = new URL(formUrl);
    const { origins, frame } = FORMS[form || "a2c"];
    const own = searchParams.get("language");
    // A form in another language has another URL, and one with a callback is none for a frame.
    const isExpected = form == "payin" || (own && own == (language ?? own) && !searchParams.has("agentCallbackUrl"));
    if (isExpected && [...origins, extraOrigin].includes(origin)) return { ...frame, src: formUrl };
  } catch {
    // The machine says what is wrong with it.
  }
}
