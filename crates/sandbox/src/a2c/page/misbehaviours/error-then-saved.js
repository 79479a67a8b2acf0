import * as embedder from '../../embedder.js';

export { isEmbedded, connect } from '../../embedder.js';

export function report(result) {
  const { requestId, panToken } = result;
  if (panToken) embedder.report({ requestId, errorCode: 'INVALID_PAN' });
  embedder.report(result);
}
