import * as embedder from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

export function connect(registeredHosts, onAnswer, onUnregistered) {
  embedder.connect(registeredHosts, onAnswer, onUnregistered);
  embedder.sendReady();
}
