// Runs in the form's window, and posts messages that a form never posts. Each of them is unreadable.
{
  const requestId = "REQUEST_ID";
  const panToken = "forged";
  const cycle = {};
  cycle.requestId = cycle.panToken = cycle.status = cycle;
  const named = (name, value) => Object.defineProperty({}, name, { value, enumerable: true });
  const result = { requestId, panToken };
  for (const message of [
    undefined,
    null,
    true,
    0,
    10n,
    "",
    "ready",
    "null",
    "[]",
    "{",
    [],
    [result],
    new Date(0),
    new Map([["status", "Ready"]]),
    new Error("Ready"),
    new Uint8Array(8),
    new String("Ready"),
    cycle,
    { status: ["Ready"] },
    { status: "Ready", ...result },
    { ...result, errorCode: "FORBIDDEN" },
    { panToken },
    { requestId },
    { requestId: `${requestId}.0`, panToken },
    { requestId: `0${requestId}`, panToken },
    { requestId: 1.5, panToken },
    { requestId: 2n ** 64n, panToken },
    { requestId, panToken: "" },
    { requestId, panToken: [panToken] },
    { requestId, panToken: "a\nready" },
    { requestId, panToken: "\ud800" },
    { requestId: "\udfff", panToken },
    { requestId, errorCode: "x".repeat(5_000) },
    "\ud800",
    named("__proto__", result),
    named("__proto__", { status: "Ready" }),
    '{"__proto__":{"status":"Ready"}}',
    `{"__proto__":{"requestId":"${requestId}","panToken":"forged"}}`,
    '{"constructor":{"prototype":{"status":"Ready"}}}',
    "[".repeat(16000),
    "x".repeat(5_000_000),
    { requestId, panToken: "x".repeat(5_000_000) },
    { requestId: "1".repeat(5_000_000), panToken },
    new ArrayBuffer(5_000_000),
    Array.from({ length: 100_000 }, () => result),
  ]) {
    parent.postMessage(message, "*");
    window.said = (window.said ?? 0) + 1;
  }
}
