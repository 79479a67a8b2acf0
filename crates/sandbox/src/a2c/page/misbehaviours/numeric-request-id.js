import * as embedder from '../../embedder.js';

export { isEmbedded, connect } from '../../embedder.js';

export function report(result) {
  embedder.report({ ...result, requestId: numeric(result.requestId) });
}

/** Returns a number if JavaScript represents it exactly, or else a BigInt. */
function numeric(requestId) {
  const number = Number(requestId);
  return Number.isSafeInteger(number) ? number : BigInt(requestId);
}
