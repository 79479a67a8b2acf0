// Posts MESSAGE to the parent page many times, and again each time that the page asks for more. Until the page
// stops asking, messages are always queued.
{
  const WAITING = 200;
  const STEP = 100;
  window.flooded = 0;
  const flood = (times) => {
    for (let time = 0; time < times; time++) parent.postMessage(MESSAGE, "*");
    window.flooded += times;
  };
  addEventListener("message", ({ data }) => {
    if (data === "more") flood(STEP);
    if (data === "last") window.dry = true;
  });
  flood(WAITING);
}
