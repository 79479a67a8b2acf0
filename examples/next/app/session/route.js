import { bodyOf, callPantoken, customerOfCookie } from "../../lib/pantoken.js";

/** Creates a session that belongs to the customer who is logged in. */
export async function POST(request) {
  const { flow, language, returnUrl } = JSON.parse(await bodyOf(request));
  const customer = await customerOfCookie();
  const answer = await callPantoken("POST", "/v1/sessions", { flow, language, returnUrl, customer });
  return new Response(await answer.text(), {
    status: answer.status,
    headers: { "content-type": answer.headers.get("content-type") },
  });
}
