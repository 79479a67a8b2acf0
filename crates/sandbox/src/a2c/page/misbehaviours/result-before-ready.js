import { post } from '../../embedder.js';

export { isEmbedded } from '../../embedder.js';

let hosts;

/** Takes a card at once, and says no Ready. */
export function meet(registeredHosts, onAnswer) {
  hosts = registeredHosts;
  onAnswer();
}

/** None has answered, so to each of them: the browser hands it over to the right one alone. */
export function report(result) {
  for (const host of hosts) post(result, host);
}
