// Delays the browser's message events for the window's listeners. When they are delivered, the form's frame
// may show another document.
window.late = [];
{
  let isLate = true;
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    const delay = (event) => {
      const deliver = () => (listener.handleEvent ?? listener).call(listener, event);
      if (isLate) late.push(deliver);
      else deliver();
    };
    const ofWindow = type === "message" && this === window;
    addEventListener.call(this, type, ofWindow ? delay : listener, ...rest);
  };
  window.handOn = () => {
    isLate = false;
    for (const deliver of late.splice(0)) deliver();
  };
}
