import * as embedder from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

const SIZE = 5 * 1024 * 1024;

export function connect(registeredHosts, onAnswer, onUnregistered) {
  embedder.post('x'.repeat(SIZE), '*');
  embedder.connect(registeredHosts, onAnswer, onUnregistered);
}
