"""A back end whose customers save a card for payouts.

With `cargo xtask dev -- --webhook-url http://localhost:8000/webhook` running, start it in this folder and open
http://localhost:8000:

    python3 server.py
"""

import hashlib
import hmac
import html
import json
import os
import re
import secrets
import time
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from urllib.request import Request, urlopen

# What `pantoken dev` uses. In production, set all of them.
PANTOKEN = os.environ.get("PANTOKEN_URL", "http://localhost:3019")
API_KEY = os.environ.get("PANTOKEN_API_KEY", "pantoken-dev-api-key")
WEBHOOK_SECRET = os.environ.get("PANTOKEN_WEBHOOK_SECRET", "pantoken-dev-webhook-secret")
PORT = int(os.environ.get("PORT", "8000"))
MAX_BODY = 64 * 1024

CARDS: dict[str, set[str]] = {}  # Your database: the panTokens of each customer.
LOGINS: dict[str, str] = {}  # Your log-ins: the customer of each cookie.

PAGE = """<!doctype html>
<html lang="en">
  <title>Card for payouts</title>
  <script type="module" src="/page.js"></script>
  <script type="module" src="{pantoken}/pantoken/element.js"></script>
  <pantoken-form session="{session}" language="en"></pantoken-form>
  <output></output>
</html>"""


def call_pantoken(method, path, body=None):
    """Calls pantoken with the API key, which never leaves this back end. Returns the status and the body."""
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(PANTOKEN + path, data, headers, method=method), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def is_from_pantoken(header, body):
    parts = re.fullmatch(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", header)
    if not parts or abs(time.time() - int(parts[1])) > 300:
        return False
    signed = parts[1].encode() + b"." + body
    return hmac.compare_digest(hmac.new(WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest(), parts[2])


class BackEnd(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        if url.path == "/":
            self.show_form()
        elif url.path == "/card":
            self.show_card(parse_qs(url.query).get("requestId", [""])[0])
        elif url.path == "/page.js":
            self.answer(200, "text/javascript", (Path(__file__).parent.parent / "page.js").read_text())
        else:
            self.answer(404)

    def do_POST(self):
        if self.path == "/webhook":
            self.receive_webhook()
        else:
            self.answer(404)

    def receive_webhook(self):
        """Receives what became of a card, even if the customer has closed the page."""
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length) if length <= MAX_BODY else b""
        if not is_from_pantoken(self.headers.get("Pantoken-Signature", ""), body):
            return self.answer(400)
        event = json.loads(body)
        if event["type"] == "session.saved" and "customer" in event:
            CARDS.setdefault(event["customer"], set()).add(event["panToken"])
        self.answer(200)

    def show_card(self, request_id):
        """Tells the page what became of the card, if it is this customer's. The token stays here."""
        customer, cookie = self.customer()
        query = urlencode({"customer": customer})
        status, answer = call_pantoken("GET", f"/v1/sessions/{quote(request_id, safe='')}?{query}")
        session = json.loads(answer) if status == 200 else {}
        if session.get("customer") != customer:
            return self.answer(404, "application/json", '{"state": "unknown"}', cookie)
        received = session.get("panToken") in CARDS.get(customer, set())
        text = json.dumps({"state": session["state"], "webhookReceived": received})
        self.answer(200, "application/json", text, cookie)

    def show_form(self):
        """Shows the form in a session that belongs to the customer who is logged in."""
        customer, cookie = self.customer()
        wanted = {"flow": "iframe", "language": "en", "customer": customer}
        status, session = call_pantoken("POST", "/v1/sessions", wanted)
        if status != 201:
            self.log_error("pantoken answered %s: %s", status, session)
            return self.answer(503, "text/plain", "Cards cannot be saved now. Please come back later.")
        page = PAGE.format(pantoken=PANTOKEN, session=html.escape(session))
        self.answer(200, "text/html; charset=utf-8", page, cookie)

    def customer(self):
        """Stands for your log-in: each visitor is a customer. Returns the customer, and a cookie to set."""
        login = SimpleCookie(self.headers.get("Cookie", "")).get("login")
        if login and login.value in LOGINS:
            return LOGINS[login.value], None
        created = secrets.token_urlsafe(32)
        LOGINS[created] = f"customer-{secrets.token_hex(8)}"
        return LOGINS[created], f"login={created}; HttpOnly; SameSite=Lax; Path=/"

    def answer(self, status, content_type="text/plain", text="", cookie=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if cookie:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("localhost", PORT), BackEnd).serve_forever()
