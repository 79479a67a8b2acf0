import { Component, CUSTOM_ELEMENTS_SCHEMA, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
// The file with the WebAssembly inside, because Angular's bundler knows no asset URLs.
import "pantoken/inline";
import type { ErrorDetail, SavedDetail } from "pantoken/inline";

@Component({
  selector: "app-root",
  // Angular takes tags with a hyphen for its own components otherwise.
  schemas: [CUSTOM_ELEMENTS_SCHEMA],
  template: `
    <pantoken-form
      session-url="/session"
      language="en"
      (pantoken-saved)="showSaved($event)"
      (pantoken-error)="showError($event)"
    ></pantoken-form>
    <output>{{ outcome() }}</output>
  `,
})
class App {
  readonly outcome = signal("");

  /** The page gets no token: it asks its own back end what became of the card. */
  async showSaved(event: CustomEvent<SavedDetail>) {
    const answer = await fetch(`/card?requestId=${event.detail.requestId}`);
    this.outcome.set((await answer.json()).state);
  }

  showError(event: CustomEvent<ErrorDetail>) {
    this.outcome.set(event.detail.code);
  }
}

bootstrapApplication(App).catch((error) => console.error(error));
