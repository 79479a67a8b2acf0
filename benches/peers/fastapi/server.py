"""What `POST /v1/sessions` does, as one would write it with FastAPI and sqlite3.

As durable as ours: WAL with synchronous=FULL, one row for each session, committed before the answer.
"""

import hashlib
import hmac
import os
import secrets
import socket
import sqlite3
import sys
import time
from typing import Literal

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel, Field

HOST = "https://a2c-test.qiwi.kz"
AGENT_ID = "agent-01"
SECRET = os.environ["PANTOKEN_AGENT_SECRET_KEY"].encode()
AUTHORIZATION = "Bearer " + os.environ["PANTOKEN_API_KEY"]
LIFETIME = 1800

database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = FULL")
database.execute(
    "CREATE TABLE sessions (request_id INTEGER PRIMARY KEY, language TEXT NOT NULL, customer TEXT, "
    "result_token_digest BLOB NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL)"
)
app = FastAPI()


class Asked(BaseModel):
    flow: Literal["iframe"]
    language: Literal["ru", "en", "kz"] = "ru"
    customer: str | None = Field(default=None, min_length=1, max_length=128)


# This does not run in a thread, because one connection on the event loop is faster than several that wait for
# a lock.
@app.post("/v1/sessions", status_code=201)
async def create(asked: Asked, authorization: str = Header(default="")) -> dict[str, str]:
    if not hmac.compare_digest(authorization.encode(), AUTHORIZATION.encode()):
        raise HTTPException(401)
    now = int(time.time())
    request_id = secrets.randbelow(2**53 - 1) + 1
    token = secrets.token_urlsafe(32)
    database.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)",
        (request_id, asked.language, asked.customer, hashlib.sha256(token.encode()).digest(), now, now + LIFETIME),
    )
    sign = hmac.digest(SECRET, f"{request_id};{AGENT_ID};".encode(), "sha256").hex()
    query = f"agentId={AGENT_ID}&requestId={request_id}&language={asked.language}&agentSign={sign}"
    return {
        "requestId": str(request_id),
        "formUrl": f"{HOST}/form?{query}",
        "formOrigin": HOST,
        "resultToken": token,
        "expiresAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + LIFETIME)),
    }


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_level="warning")
    uvicorn.Server(config).run(sockets=[listener])
