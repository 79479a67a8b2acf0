import * as embedder from '../../embedder.js';

export { isEmbedded, connect } from '../../embedder.js';

export function report(result) {
  embedder.report({ ...result, requestId: result.requestId === '1' ? '2' : '1' });
}
