/** Tells the page what became of the card, if it is this customer's. The token stays here. */
export default defineEventHandler(async (event) => {
  const customer = customerOfCookie(event);
  const requestId = encodeURIComponent(getQuery(event).requestId ?? "");
  const query = new URLSearchParams({ customer });
  const answer = await callPantoken("GET", `/v1/sessions/${requestId}?${query}`);
  const session = answer.ok ? await answer.json() : {};
  if (session.customer !== customer) {
    setResponseStatus(event, 404);
    return { state: "unknown" };
  }
  const webhookReceived = cards.get(customer)?.has(session.panToken) ?? false;
  return { state: session.state, webhookReceived };
});
