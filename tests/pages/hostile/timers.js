// Holds timers of HELD milliseconds until runTimers runs them, early or late, like those of a phone that
// slept. Cleared timers run too, as if they had been queued already.
window.timers = [];
{
  const { setTimeout } = window;
  window.setTimeout = (then, milliseconds, ...rest) => {
    if (milliseconds != HELD) return setTimeout(then, milliseconds, ...rest);
    timers.push(then);
    return 0;
  };
}
window.runTimers = () => {
  for (const then of timers.splice(0)) then();
};
