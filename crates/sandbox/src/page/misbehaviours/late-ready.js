import { awaitAnswer, sayReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** Says Ready when its button is pressed: how long a page waits is not the form's to know. */
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
