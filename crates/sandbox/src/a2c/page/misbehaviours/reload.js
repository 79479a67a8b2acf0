import * as embedder from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** In the address, which a reload keeps. */
const RELOADED = '#reloaded';

/** Reloads when it is loaded and the page has answered, once. */
export function meet(registeredHosts, onAnswer, onStranger) {
  const answered = location.hash === RELOADED ? onAnswer : () => whenLoaded(reload);
  embedder.meet(registeredHosts, answered, onStranger);
}

/** After the event, which the page above is told of too. */
function whenLoaded(then) {
  if (document.readyState === 'complete') then();
  else window.addEventListener('load', () => setTimeout(then));
}

function reload() {
  history.replaceState(null, '', RELOADED);
  location.reload();
}
