import * as embedder from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** Marks the URL, which a reload keeps. */
const RELOADED = '#reloaded';

/** Reloads once, after the form is loaded and the page has answered. */
export function connect(registeredHosts, onAnswer, onUnregistered) {
  const answered = location.hash === RELOADED ? onAnswer : () => whenLoaded(reload);
  embedder.connect(registeredHosts, answered, onUnregistered);
}

/** Calls `then` after the load event, which the embedding page also receives. */
function whenLoaded(then) {
  if (document.readyState === 'complete') then();
  else window.addEventListener('load', () => setTimeout(then));
}

function reload() {
  history.replaceState(null, '', RELOADED);
  location.reload();
}
