"""A back end whose customers save a card for payouts.

With `cargo xtask dev -- --webhook-url http://localhost:8000/webhook` running, start it in this folder and open
http://localhost:8000:

    pip install -r requirements.txt
    uvicorn main:app
"""

import hashlib
import hmac
import html
import json
import os
import re
import secrets
import time
from pathlib import Path
from typing import Annotated
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request as Call
from urllib.request import urlopen

from fastapi import Cookie, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

# What `pantoken dev` uses. In production, set all three. Secrets are separated by commas.
PANTOKEN = os.environ.get("PANTOKEN_URL", "http://localhost:3019")
API_KEY = os.environ.get("PANTOKEN_API_KEY", "pantoken-dev-api-key")
WEBHOOK_SECRETS = os.environ.get("PANTOKEN_WEBHOOK_SECRET", "pantoken-dev-webhook-secret").split(",")
MAX_BODY = 64 * 1024

CARDS: dict[str, set[str]] = {}  # Your database: the panTokens of each customer.

PAGE = """<!doctype html>
<html lang="en">
  <title>Card for payouts</title>
  <script type="module" src="/page.js"></script>
  <script type="module" src="{pantoken}/pantoken/element.js"></script>
  <pantoken-form session="{session}" language="en"></pantoken-form>
  <output></output>
</html>"""

app = FastAPI()


def call_pantoken(method, path, body=None):
    """Calls pantoken with the API key, which never leaves this back end. Returns the status and the body."""
    headers = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Call(PANTOKEN + path, data, headers, method=method), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def is_from_pantoken(header, body):
    parts = re.fullmatch(r"t=([0-9]{1,12})((?:,v1=[0-9a-f]{64})+)", header)
    if not parts or abs(time.time() - int(parts[1])) > 300:
        return False
    signed = parts[1].encode() + b"." + body
    return any(
        hmac.compare_digest(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), signature)
        for secret in WEBHOOK_SECRETS
        for signature in re.findall(r"[0-9a-f]{64}", parts[2])
    )


def customer_of_cookie(response: Response, login: Annotated[str | None, Cookie()] = None):
    """Stands for your log-in: each visitor is a customer."""
    if login is None:
        login = secrets.token_urlsafe(16)
        response.set_cookie("login", login, httponly=True, samesite="lax")
    return "customer-" + hashlib.sha256(login.encode()).hexdigest()[:16]


Customer = Annotated[str, Depends(customer_of_cookie)]


@app.post("/webhook")
async def receive_webhook(request: Request):
    """Receives what became of a card, even if the customer has closed the page."""
    if not 0 < int(request.headers.get("Content-Length", "0")) <= MAX_BODY:
        raise HTTPException(413)
    # The bytes as they were received, not JSON that was parsed and written again.
    body = await request.body()
    if not is_from_pantoken(request.headers.get("Pantoken-Signature", ""), body):
        raise HTTPException(400)
    event = json.loads(body)
    if event["type"] == "session.saved" and "customer" in event:
        CARDS.setdefault(event["customer"], set()).add(event["panToken"])


@app.get("/card")
def show_card(customer: Customer, response: Response, requestId: str = ""):
    """Tells the page what became of the card, if it is this customer's. The token stays here."""
    query = urlencode({"customer": customer})
    status, answer = call_pantoken("GET", f"/v1/sessions/{quote(requestId, safe='')}?{query}")
    session = json.loads(answer) if status == 200 else {}
    if session.get("customer") != customer:
        response.status_code = 404
        return {"state": "unknown"}
    received = session.get("panToken") in CARDS.get(customer, set())
    return {"state": session["state"], "webhookReceived": received}


@app.get("/", response_class=HTMLResponse)
def show_form(customer: Customer):
    """Shows the form in a session that belongs to the customer who is logged in."""
    wanted = {"flow": "iframe", "language": "en", "customer": customer}
    status, session = call_pantoken("POST", "/v1/sessions", wanted)
    if status != 201:
        print(f"pantoken answered {status}: {session}")
        raise HTTPException(503, "Cards cannot be saved now. Please come back later.")
    return PAGE.format(pantoken=html.escape(PANTOKEN), session=html.escape(session))


@app.get("/page.js")
def show_script():
    return FileResponse(Path(__file__).parent.parent / "page.js", media_type="text/javascript")
