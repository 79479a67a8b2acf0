// Does what `POST /v1/form-urls` does, written with Node's own http and crypto.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const HOST = "https://a2c-test.qiwi.kz";
const AGENT_ID = "agent-01";
const SECRET = process.env.PANTOKEN_AGENT_SECRET_KEY;
const digest = (text) => createHash("sha256").update(text).digest();
const authorization = digest("Bearer " + process.env.PANTOKEN_API_KEY);

function sign({ flow, requestId, language = "ru" }) {
  if (flow !== "iframe" || !/^[1-9]\d{0,18}$/.test(requestId)) return;
  const text = `${requestId};${AGENT_ID};`;
  const agentSign = createHmac("sha256", SECRET).update(text).digest("hex");
  const query = new URLSearchParams({ agentId: AGENT_ID, requestId, language, agentSign });
  return { formUrl: `${HOST}/form?${query}`, formOrigin: HOST };
}

function answer(request, response, body) {
  const send = (status, value) => {
    const text = JSON.stringify(value);
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
      "cache-control": "no-store",
    });
    response.end(text);
  };
  if (request.method !== "POST" || request.url !== "/v1/form-urls") return send(404, {});
  if (!timingSafeEqual(digest(request.headers.authorization ?? ""), authorization)) return send(401, {});
  try {
    const signed = sign(JSON.parse(body));
    return signed ? send(200, signed) : send(400, {});
  } catch {
    return send(400, {});
  }
}

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (piece) => {
    body += piece;
    if (body.length > 16384) request.destroy();
  });
  request.on("end", () => answer(request, response, body));
});
server.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
