// In the frame of wrong-origin-frame.js: whatever the form says, it says to the page above.
window.addEventListener('message', ({ data }) => window.parent.parent.postMessage(data, '*'));
