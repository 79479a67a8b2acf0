// Talks to the page that embeds the form. Source: docs/a2c.md, "Iframe flow".
//
// The form sends Ready to any page that embeds it, and nothing more until one of the agent's registered
// hosts has answered. Results are posted to that origin only. A misbehaving form replaces this file and
// nothing else.

let origin = null;

/** Posts a message to the embedding page. Every message goes through here. */
export function post(message, target) {
  window.parent.postMessage(message, target);
}

export function isEmbedded() {
  return window.parent !== window;
}

/** Sends Ready and waits for the answer, like `awaitAnswer`. */
export function connect(registeredHosts, onAnswer, onUnregistered) {
  awaitAnswer(registeredHosts, onAnswer, onUnregistered);
  sendReady();
}

/**
 * Calls `onAnswer` once, at the first answer from a registered host, and `onUnregistered` for each
 * earlier answer from elsewhere.
 */
export function awaitAnswer(registeredHosts, onAnswer, onUnregistered) {
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || origin !== null) return;
    if (registeredHosts.includes(event.origin)) {
      origin = event.origin;
      onAnswer();
    } else {
      onUnregistered();
    }
  });
}

export function sendReady() {
  post({ status: 'Ready' }, '*');
}

/** Posts a result to the origin that has answered, and to no other origin. */
export function report(result) {
  if (origin !== null) post(result, origin);
}
