// Checks what others use the API's description for: a client with types, and a collection for Postman and Bruno. Both
// work with a running `pantoken dev`. Needs the binary's path and the collection's.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import openapiTS, { astToString } from "openapi-typescript";
import { addedTo } from "./added.js";

const [binary, collectionFile] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));
const description = read("openapi.json");

/** Generates the client's types, and compiles the client with them. */
async function compile(document) {
  writeFileSync("api.d.ts", astToString(await openapiTS(document)));
  execFileSync("node_modules/.bin/tsc", { stdio: "inherit" });
}

/** Starts the server, and returns its address and its API key, which it prints. */
async function start() {
  const server = spawn(binary, ["dev", "--port", "0", "--sandbox-port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => server.kill());
  let baseUrl, apiKey;
  for await (const line of createInterface(server.stdout)) {
    baseUrl ??= /^Open (http\S+)/.exec(line)?.[1];
    apiKey ??= /API key +(\S+)/.exec(line)?.[1];
    if (baseUrl && apiKey) return { baseUrl, apiKey };
  }
  throw new Error("pantoken dev ended before it had printed its address");
}

/**
 * Sends a request of the collection. The server has to know its address, and to take its body and its key. A server has
 * /metrics only where it is asked for.
 */
async function send({ name, request: { method, url, body } }, variables) {
  if (url.raw.endsWith("/metrics")) return;
  const fill = (text) => text.replace(/{{(\w+)}}/g, (_, name) => variables[name]);
  const headers = { authorization: `Bearer ${variables.apiKey}`, "content-type": "application/json" };
  const response = await fetch(fill(url.raw), { method, headers, body: body?.raw, redirect: "manual" });
  const answer = `${name}: ${response.status} ${await response.text()}`;
  assert(response.status < 500 && ![401, 405, 413, 415].includes(response.status), answer);
  assert(response.ok || !/"(NOT_FOUND|MISSING_FIELD|UNKNOWN_FIELD|MALFORMED_JSON)"/.test(answer), answer);
}

await compile(addedTo(description));
await compile(description);
const running = await start();
const env = { ...process.env, PANTOKEN_URL: running.baseUrl, PANTOKEN_API_KEY: running.apiKey };
execFileSync("node", ["built/client.js"], { stdio: "inherit", env });

const { item, variable } = read(collectionFile);
const variables = { ...Object.fromEntries(variable.map(({ key, value }) => [key, value])), ...running };
for (const { item: requests, name } of item) {
  assert(requests.length > 0, name);
  for (const request of requests) await send(request, variables);
}
process.exit();
