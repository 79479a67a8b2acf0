export { isEmbedded, meet } from '../../embedder.js';

/** A frame of no origin that anyone has posts the result to the page, in the form's place. */
export function report(result) {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.sandbox = 'allow-scripts';
  frame.srcdoc = '<script src="stranger.js"></script>';
  frame.addEventListener('load', () => frame.contentWindow.postMessage(result, '*'));
  document.body.append(frame);
}
