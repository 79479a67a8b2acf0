import { callPantoken, customerOfCookie } from "../../pantoken.server.js";

/** Creates a session that belongs to the customer who is logged in. */
export async function POST({ request, cookies }) {
  const { flow, language, returnUrl } = await request.json();
  const customer = customerOfCookie(cookies);
  const answer = await callPantoken("POST", "/v1/sessions", { flow, language, returnUrl, customer });
  return new Response(await answer.text(), {
    status: answer.status,
    headers: { "content-type": answer.headers.get("content-type") },
  });
}
