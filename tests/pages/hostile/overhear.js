// Notes each message that reaches the page, before whoever else hears it: of which type it is, and what
// it says.
window.overheard = [];
addEventListener(
  "message",
  ({ data }) => {
    let said = data;
    try {
      if (typeof data === "string") said = JSON.parse(data);
    } catch {
      // Any other text.
    }
    const { status, requestId, panToken, errorCode } = Object(said);
    const result = requestId === undefined ? [] : [typeof requestId, panToken ?? errorCode];
    overheard.push([typeof data, ...(status ? [status] : result)].join(" "));
  },
  true,
);
