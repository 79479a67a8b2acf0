// Keeps back what the window's listeners hear of messages, the browser's own events: by the time that it
// is handed on, the form's frame may show another document.
window.late = [];
{
  let isLate = true;
  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (type, listener, ...rest) {
    const keepBack = (event) => {
      const hear = () => (listener.handleEvent ?? listener).call(listener, event);
      if (isLate) late.push(hear);
      else hear();
    };
    const ofWindow = type === "message" && this === window;
    addEventListener.call(this, type, ofWindow ? keepBack : listener, ...rest);
  };
  window.handOn = () => {
    isLate = false;
    for (const hear of late.splice(0)) hear();
  };
}
