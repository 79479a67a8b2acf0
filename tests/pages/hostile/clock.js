// Each time that a clock is read, it jumps: years ahead, then back again.
{
  const YEAR = 366 * 24 * 60 * 60 * 1000;
  let looks = 0;
  const jump = () => (looks++ % 2 ? -10 : 10) * YEAR;
  const { Date } = window;
  const now = Date.now.bind(Date);
  window.Date = class extends Date {
    constructor(...rest) {
      super(...(rest.length ? rest : [now() + jump()]));
    }
    static now = () => now() + jump();
  };
  performance.now = jump;
}
