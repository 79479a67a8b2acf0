import { awaitAnswer, sayReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** Says Ready when its button is pressed, and so at any stage that a test wants. */
export function meet(registeredHosts, onAnswer, onStranger) {
  awaitAnswer(registeredHosts, onAnswer, onStranger);
  const button = document.createElement('button');
  button.id = 'say-ready';
  button.type = 'button';
  button.textContent = 'Ready';
  button.addEventListener('click', () => {
    button.remove();
    sayReady();
  });
  document.getElementById('message').after(button);
}
