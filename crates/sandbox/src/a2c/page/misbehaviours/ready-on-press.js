import { awaitAnswer, sendReady } from '../../embedder.js';

export { isEmbedded, report } from '../../embedder.js';

/** Sends Ready when its button is pressed, so that a test can choose the moment. */
export function connect(registeredHosts, onAnswer, onUnregistered) {
  awaitAnswer(registeredHosts, onAnswer, onUnregistered);
  const button = document.createElement('button');
  button.id = 'say-ready';
  button.type = 'button';
  button.textContent = 'Ready';
  button.addEventListener('click', () => {
    button.remove();
    sendReady();
  });
  document.getElementById('message').after(button);
}
