// Posts JSON and calls back with the answer's text, or with its status when that is not 200 or 201:
// 0 where there was no whole answer in time. In JavaScript, because bindings to the eight interfaces
// that it takes would be as large as all the rest of this folder.
export async function post(url, token, body, milliseconds, done) {
  let answer = 0;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      // The report of a saved card goes out even while the customer leaves the page.
      keepalive: true,
      signal: AbortSignal.timeout?.(milliseconds),
    });
    const text = await response.text();
    answer = response.status === 200 || response.status === 201 ? text : response.status;
  } catch {
    // No answer is an answer, and the one who waits knows what to do about it.
  }
  done(answer);
}
