// The page that embeds the form. Source: docs/a2c.md, "Iframe flow".
//
// The form says Ready to whoever embeds it, and nothing more until one of the agent's registered
// hosts has answered. Results go to that origin alone. A misbehaving form has another file in the
// place of this one, and the rest as it is.

let origin = null;

/** Everything that the form says to its parent passes here. */
export function post(message, target) {
  window.parent.postMessage(message, target);
}

export function isEmbedded() {
  return window.parent !== window;
}

/** Says Ready and waits for the answer, as `awaitAnswer` does. */
export function meet(registeredHosts, onAnswer, onStranger) {
  awaitAnswer(registeredHosts, onAnswer, onStranger);
  sayReady();
}

/**
 * `onAnswer` is called once, with the first answer from a registered host; `onStranger` for each
 * before it that comes from elsewhere.
 */
export function awaitAnswer(registeredHosts, onAnswer, onStranger) {
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || origin !== null) return;
    if (registeredHosts.includes(event.origin)) {
      origin = event.origin;
      onAnswer();
    } else {
      onStranger();
    }
  });
}

export function sayReady() {
  post({ status: 'Ready' }, '*');
}

/** Posts a result to the origin that has answered, and to no other. */
export function report(result) {
  if (origin !== null) post(result, origin);
}
