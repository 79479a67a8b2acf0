/** Creates a session that belongs to the customer who is logged in. */
export default defineEventHandler(async (event) => {
  const { flow, language, returnUrl } = JSON.parse(await bodyOf(event));
  const customer = customerOfCookie(event);
  const answer = await callPantoken("POST", "/v1/sessions", { flow, language, returnUrl, customer });
  setResponseStatus(event, answer.status);
  setResponseHeader(event, "content-type", answer.headers.get("content-type"));
  return answer.text();
});
