import { callPantoken, cards, customerOfCookie } from "../../lib/pantoken.js";

/** Tells the page what became of the card, if it is this customer's. The token stays here. */
export async function GET(request) {
  const customer = await customerOfCookie();
  const requestId = encodeURIComponent(request.nextUrl.searchParams.get("requestId") ?? "");
  const query = new URLSearchParams({ customer });
  const answer = await callPantoken("GET", `/v1/sessions/${requestId}?${query}`);
  const session = answer.ok ? await answer.json() : {};
  if (session.customer !== customer) return Response.json({ state: "unknown" }, { status: 404 });
  const webhookReceived = cards.get(customer)?.has(session.panToken) ?? false;
  return Response.json({ state: session.state, webhookReceived });
}
