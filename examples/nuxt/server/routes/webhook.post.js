/** Receives what became of a card, even if the customer has closed the page. */
export default defineEventHandler(async (event) => {
  const body = await bodyOf(event);
  if (!body || !isFromPantoken(getRequestHeader(event, "pantoken-signature"), body)) {
    setResponseStatus(event, 400);
    return null;
  }
  const webhook = JSON.parse(body);
  if (webhook.type === "session.saved" && webhook.customer) {
    const saved = cards.get(webhook.customer) ?? new Set();
    cards.set(webhook.customer, saved.add(webhook.panToken));
  }
  return null;
});
