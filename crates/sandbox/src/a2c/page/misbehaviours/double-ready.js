import * as embedder from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

export function meet(registeredHosts, onAnswer, onStranger) {
  embedder.meet(registeredHosts, onAnswer, onStranger);
  embedder.sayReady();
}
