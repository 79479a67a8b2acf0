import * as embedder from '../../embedder.js';

export { isEmbedded } from '../../embedder.js';

export function meet(registeredHosts, onAnswer, onStranger) {
  embedder.awaitAnswer(registeredHosts, onAnswer, onStranger);
  embedder.post(JSON.stringify({ status: 'Ready' }), '*');
}

export function report(result) {
  embedder.report(JSON.stringify(result));
}
