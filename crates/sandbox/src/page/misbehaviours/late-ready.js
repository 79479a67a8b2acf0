import { awaitAnswer, sayReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** More than a page waits unless it is told to, in milliseconds. */
const DELAY = 20000;

/** Says Ready when its button is pressed, so that nobody has to sit out the delay. */
export function meet(registeredHosts, onAnswer, onStranger) {
  awaitAnswer(registeredHosts, onAnswer, onStranger);
  const button = document.createElement('button');
  const delay = setTimeout(() => button.click(), DELAY);
  button.id = 'say-ready';
  button.type = 'button';
  button.textContent = 'Ready';
  button.addEventListener('click', () => {
    clearTimeout(delay);
    button.remove();
    sayReady();
  });
  document.getElementById('message').after(button);
}
