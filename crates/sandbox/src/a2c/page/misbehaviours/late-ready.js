import { awaitAnswer, sendReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** In milliseconds: one second longer than a page waits by default. */
const LATE = 16000;

export function connect(registeredHosts, onAnswer, onUnregistered) {
  awaitAnswer(registeredHosts, onAnswer, onUnregistered);
  setTimeout(sendReady, LATE);
}
