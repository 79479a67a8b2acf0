import { awaitAnswer, sayReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** In milliseconds: a second longer than a page waits unless it is told otherwise. */
const LATE = 16000;

export function meet(registeredHosts, onAnswer, onStranger) {
  awaitAnswer(registeredHosts, onAnswer, onStranger);
  setTimeout(sayReady, LATE);
}
