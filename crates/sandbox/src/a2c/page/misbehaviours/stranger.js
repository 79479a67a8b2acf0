// Runs in the frame of wrong-origin-frame.js, and forwards every message to the embedding page.
window.addEventListener('message', ({ data }) => window.parent.parent.postMessage(data, '*'));
