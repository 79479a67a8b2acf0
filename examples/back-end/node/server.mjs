// A back end whose customers save a card for payouts. With `cargo xtask dev -- --webhook-url
// http://localhost:8000/webhook` running, start it in this folder and open http://localhost:8000:
//
//     node server.mjs

import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";

// What `pantoken dev` uses. In production, set all of them.
const PANTOKEN = process.env.PANTOKEN_URL ?? "http://localhost:3019";
const API_KEY = process.env.PANTOKEN_API_KEY ?? "pantoken-dev-api-key";
const WEBHOOK_SECRET = process.env.PANTOKEN_WEBHOOK_SECRET ?? "pantoken-dev-webhook-secret";
const PORT = Number(process.env.PORT ?? 8000);
const MAX_BODY = 64 * 1024;

// `node server.mjs ../../angular/dist` serves the files of this folder in place of the page below. They are listed once,
// so no path leads out of it.
const PAGES = process.argv[2];
const FILES = PAGES ? await readdir(PAGES) : [];
const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

/** Your database: the panTokens of each customer. */
const cards = new Map();
/** Your log-ins: the customer of each cookie. */
const logins = new Map();

/** Calls pantoken with the API key, which never leaves this back end. */
function callPantoken(method, path, body) {
  return fetch(PANTOKEN + path, {
    method,
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

function isFromPantoken(header, body) {
  const parts = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "");
  if (!parts || Math.abs(Date.now() / 1000 - Number(parts[1])) > 300) return false;
  const mac = createHmac("sha256", WEBHOOK_SECRET).update(`${parts[1]}.`).update(body);
  return timingSafeEqual(mac.digest(), Buffer.from(parts[2], "hex"));
}

/** Stands for your log-in: each visitor is a customer. */
function customerOf(request, response) {
  const login = /(?:^|; )login=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1];
  const known = logins.get(login);
  if (known) return known;
  const [created, customer] = [randomUUID(), `customer-${randomUUID()}`];
  logins.set(created, customer);
  response.setHeader("set-cookie", `login=${created}; HttpOnly; SameSite=Lax; Path=/`);
  return customer;
}

async function readBody(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY) throw new Error("the body is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Receives what became of a card, even if the customer has closed the page. */
async function receiveWebhook(request, response) {
  const body = await readBody(request);
  if (!isFromPantoken(request.headers["pantoken-signature"], body)) return response.writeHead(400).end();
  const event = JSON.parse(body);
  if (event.type === "session.saved" && event.customer) {
    const saved = cards.get(event.customer) ?? new Set();
    cards.set(event.customer, saved.add(event.panToken));
  }
  response.end();
}

/** Tells the page what became of the card, if it is this customer's. The token stays here. */
async function showCard(request, response, url) {
  const customer = customerOf(request, response);
  const requestId = encodeURIComponent(url.searchParams.get("requestId") ?? "");
  const query = new URLSearchParams({ customer });
  const answer = await callPantoken("GET", `/v1/sessions/${requestId}?${query}`);
  const session = answer.ok ? await answer.json() : {};
  response.setHeader("content-type", "application/json");
  if (session.customer !== customer) return response.writeHead(404).end('{"state":"unknown"}');
  const webhookReceived = cards.get(customer)?.has(session.panToken) ?? false;
  response.end(JSON.stringify({ state: session.state, webhookReceived }));
}

const escapeHtml = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

/** Creates a session that belongs to the customer who is logged in. */
function createSession(request, response, { flow, language, returnUrl }) {
  const customer = customerOf(request, response);
  return callPantoken("POST", "/v1/sessions", { flow, language, returnUrl, customer });
}

/** For a page whose element asks for its session itself, with `session-url="/session"`. */
async function answerSession(request, response) {
  const answer = await createSession(request, response, JSON.parse(await readBody(request)));
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") });
  response.end(await answer.text());
}

/** Shows the form in a session that is there already. */
async function showForm(request, response) {
  const answer = await createSession(request, response, { flow: "iframe", language: "en" });
  const session = await answer.text();
  if (answer.status !== 201) throw new Error(`pantoken answered ${answer.status}: ${session}`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(`<!doctype html>
<html lang="en">
  <title>Card for payouts</title>
  <script type="module" src="/page.js"></script>
  <script type="module" src="${PANTOKEN}/pantoken/element.js"></script>
  <pantoken-form session="${escapeHtml(session)}" language="en"></pantoken-form>
  <output></output>
</html>`);
}

async function showScript(_request, response) {
  response.setHeader("content-type", "text/javascript");
  response.end(await readFile(new URL("../page.js", import.meta.url)));
}

async function showFile(name, response) {
  response.setHeader("content-type", TYPES[extname(name)] ?? "application/octet-stream");
  response.end(await readFile(join(PAGES, name)));
}

const routes = {
  "GET /": showForm,
  "GET /card": showCard,
  "GET /page.js": showScript,
  "POST /session": answerSession,
  "POST /webhook": receiveWebhook,
};

const server = createServer(async (request, response) => {
  try {
    const url = new URL(request.url, "http://localhost");
    const route = routes[`${request.method} ${url.pathname}`];
    const file = url.pathname.slice(1) || "index.html";
    if (request.method === "GET" && FILES.includes(file)) await showFile(file, response);
    else if (route) await route(request, response, url);
    else response.writeHead(404).end();
  } catch (error) {
    console.error(error.message);
    response.writeHead(503).end("Cards cannot be saved now. Please come back later.");
  }
});
server.listen(PORT, "localhost");
