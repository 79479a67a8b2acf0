const SIGN = "3e77416dbc65b9225c1ff455d357cdc4200fa83ee273bce727aa34c8dc44c725";
let last = 1000;

/** A form URL that no frame had before, and when the request for it has left. */
export function nextForm(forms, way) {
  const requestId = ++last;
  const url = `${forms}/${way}/form?agentId=agent-01&requestId=${requestId}&language=ru&agentSign=${SIGN}`;
  const left = new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      const entry = list.getEntries().find(({ name }) => name.includes(`requestId=${requestId}&`));
      if (!entry) return;
      observer.disconnect();
      resolve(entry.requestStart);
    });
    observer.observe({ type: "resource" });
  });
  return { url, left };
}
