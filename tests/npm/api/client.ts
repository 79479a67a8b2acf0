// A back end whose client is generated from the API's description. It works with each provider, and with a server
// whose answers have fields that the client does not know.

import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./api.js";

const { PANTOKEN_URL: baseUrl, PANTOKEN_API_KEY: key } = process.env;
const customer = "customer-7";
const amount = { value: "10.00", currency: "RUB" };

/** Adds a field to each object of an answer, as a later version of the server may. */
function withAddedFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withAddedFields);
  if (typeof value != "object" || value == null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, withAddedFields(field)]);
  return { ...Object.fromEntries(fields), addedLater: { since: "2.0" } };
}

const client = createClient<paths>({
  baseUrl,
  headers: { authorization: `Bearer ${key}` },
  fetch: async (request) => {
    const response = await fetch(request);
    const text = await response.text();
    const body = text && JSON.stringify(withAddedFields(JSON.parse(text)));
    return new Response(body || null, response);
  },
});

/** Returns what the call answered, or fails with the problem that the server named. */
function expect<Data>({ data, error }: { data?: Data; error?: { code: string } }): Data {
  assert(data, error?.code);
  assert("addedLater" in (data as object));
  return data;
}

const session = expect(await client.POST("/v1/sessions", { body: { flow: "iframe", language: "en", customer } }));
const { requestId } = session;
const read = expect(await client.GET("/v1/sessions/{requestId}", { params: { path: { requestId } } }));
assert.equal(read.state, "created");
const list = expect(await client.GET("/v1/sessions", { params: { query: { customer } } }));
assert.equal(list.sessions[0]?.requestId, requestId);

const bill = expect(
  await client.PUT("/v1/payin/bills/{billId}", { params: { path: { billId: "bill-1" } }, body: { amount, customer } }),
);
assert.equal(bill.state, "created");
assert.match(bill.payUrl ?? "", /^http/);

const deposits = expect(await client.GET("/v1/jetpay/deposits", {}));
assert.deepEqual(deposits.deposits, []);

const form = expect(
  await client.POST("/v1/qiwi-pay/forms", { body: { orderId: "order-1", amount, operation: "sale" } }),
);
assert.equal(form.method, "POST");

// A problem has its type too.
const path = { paymentId: "p-1" };
const body = { customer, tokenId: "tok_0", amount, capture: true };
const refused = await client.PUT("/v1/payin/payments/{paymentId}", { params: { path }, body });
assert.deepEqual([refused.response.status, refused.error?.code], [404, "TOKEN_NOT_FOUND"]);
