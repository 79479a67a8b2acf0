// Records the type and the contents of each message that reaches the page, before other listeners run.
window.overheard = [];
addEventListener(
  "message",
  ({ data }) => {
    let said = data;
    try {
      if (typeof data === "string") said = JSON.parse(data);
    } catch {
      // The text is not JSON.
    }
    const { status, requestId, panToken, errorCode } = Object(said);
    const result = requestId === undefined ? [] : [typeof requestId, panToken ?? errorCode];
    overheard.push([typeof data, ...(status ? [status] : result)].join(" "));
  },
  true,
);
