// What the routes share. A page that imports it does not build, because of its name: the API key stays on the server.
import { createHash, createHmac, randomUUID, timingSafeEqual } from "node:crypto";

// What `pantoken dev` uses. In production, set all three. Secrets are separated by commas.
const PANTOKEN = process.env.PANTOKEN_URL ?? "http://localhost:3019";
const API_KEY = process.env.PANTOKEN_API_KEY ?? "pantoken-dev-api-key";
const WEBHOOK_SECRETS = (process.env.PANTOKEN_WEBHOOK_SECRET ?? "pantoken-dev-webhook-secret").split(",");

/** Your database: the panTokens of each customer. */
export const cards = new Map();

/** Calls pantoken with the API key. */
export function callPantoken(method, path, body) {
  return fetch(PANTOKEN + path, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

/** Stands for your log-in: each visitor is a customer. */
export function customerOfCookie(cookies) {
  const login = cookies.get("login") ?? randomUUID();
  cookies.set("login", login, { path: "/", httpOnly: true, sameSite: "lax" });
  return `customer-${createHash("sha256").update(login).digest("hex").slice(0, 16)}`;
}

/** Verifies the header `Pantoken-Signature` of a webhook. */
export function isFromPantoken(header, body) {
  const parts = /^t=(\d{1,12})((?:,v1=[0-9a-f]{64})+)$/.exec(header ?? "");
  if (!parts || Math.abs(Date.now() / 1000 - Number(parts[1])) > 300) return false;
  const signatures = parts[2].match(/[0-9a-f]{64}/g).map((digits) => Buffer.from(digits, "hex"));
  return WEBHOOK_SECRETS.some((secret) => {
    const mac = createHmac("sha256", secret).update(`${parts[1]}.`).update(body).digest();
    return signatures.some((signature) => timingSafeEqual(mac, signature));
  });
}
