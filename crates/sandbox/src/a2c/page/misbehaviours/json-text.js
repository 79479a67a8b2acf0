import * as embedder from '../../embedder.js';

export { isEmbedded } from '../../embedder.js';

export function connect(registeredHosts, onAnswer, onUnregistered) {
  embedder.awaitAnswer(registeredHosts, onAnswer, onUnregistered);
  embedder.post(JSON.stringify({ status: 'Ready' }), '*');
}

export function report(result) {
  embedder.report(JSON.stringify(result));
}
