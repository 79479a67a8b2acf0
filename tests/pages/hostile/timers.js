// Holds back the timers of HELD milliseconds: they run when they are told to, early or late, as a
// phone's do that slept. One that was cleared runs too, as if it had been on its way.
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
