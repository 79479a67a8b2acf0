export { isEmbedded, report } from '../../embedder.js';

export function connect() {}
