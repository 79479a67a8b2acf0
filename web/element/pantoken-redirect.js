// The button that leads to a page of the provider's. It starts like a form, with a machine and a module of its own.
import { PantokenForm, define, write } from "./pantoken-form.js";

const ATTRIBUTES = ["session-url", "session", "language", "form-origin", "return-url"];

class PantokenRedirect extends PantokenForm {
  build_() {
    this.needs_ = "redirect";
    /** Whether the customer waits for the module. */
    this.isPressed_ = false;
    this.label_ = document.createElement("span");
    this.redirect_.append(this.slot_, this.label_);
    this.main_.prepend(this.redirect_);
  }

  /** @returns {[string, string]} */
  style_() {
    return ["inline-block", "p{margin:0}[aria-disabled=true]{opacity:.6;cursor:default}"];
  }

  /** @param {FocusOptions} [options] */
  focus(options) {
    this.redirect_.focus(options);
  }

  click() {
    this.redirect_.click();
  }

  options_() {
    const options = super.options_();
    options.element = options.flow = "redirect";
    return options;
  }

  /** The module loads before the customer wants to go, and nobody has to know. @param {any} state @param {any} options */
  show_(state, options) {
    if (this.isPressed_) super.show_(state, options);
  }

  /** The next press loads it again. @param {unknown} error @param {any} options */
  fail_(error, options) {
    if (this.isPressed_) super.fail_(error, options);
  }

  async leave_() {
    if (this.isPressed_) return;
    if (!this.form_) {
      this.isPressed_ = true;
      await this.start_();
      this.isPressed_ = false;
    }
    if (this.form_) super.leave_();
  }

  /** @param {any} view */
  render_(view) {
    const { state, status, retry } = view;
    const text = this.mark_(view);
    const isBusy = state == "loading";
    // The same button throughout, so that it keeps the focus; that is why it is never `disabled`.
    this.redirect_.setAttribute("aria-disabled", "" + (isBusy || (state == "failed" && !retry)));
    this.redirect_.part = retry ? "redirect retry" : "redirect";
    this.slot_.hidden = retry;
    write(this.slot_, text("redirect"));
    write(/** @type {Element} */ (this.label_), retry ? text("retry") : "");
    write(this.status_, text(status));
  }
}

/** Defines the button. */
export const defineRedirect = (tag = "pantoken-redirect") => define(tag, PantokenRedirect, ATTRIBUTES);
