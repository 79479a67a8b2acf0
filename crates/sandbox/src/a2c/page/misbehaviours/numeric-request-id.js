import * as embedder from '../../embedder.js';

export { isEmbedded, meet } from '../../embedder.js';

export function report(result) {
  embedder.report({ ...result, requestId: numeric(result.requestId) });
}

/** A number where JavaScript holds it exactly, else a BigInt. */
function numeric(requestId) {
  const number = Number(requestId);
  return Number.isSafeInteger(number) ? number : BigInt(requestId);
}
