import { cards, isFromPantoken } from "../../pantoken.server.js";

/** Receives what became of a card, even if the customer has closed the page. SvelteKit limits the body's length. */
export async function POST({ request }) {
  const body = Buffer.from(await request.arrayBuffer());
  if (!isFromPantoken(request.headers.get("pantoken-signature"), body)) {
    return new Response(null, { status: 400 });
  }
  const event = JSON.parse(body);
  if (event.type === "session.saved" && event.customer) {
    const saved = cards.get(event.customer) ?? new Set();
    cards.set(event.customer, saved.add(event.panToken));
  }
  return new Response();
}
