"""Quart under Hypercorn. Environment: see peer.py."""
import peer

import asyncio
import datetime
import hashlib
import json
import uuid

from hypercorn.asyncio import serve
from hypercorn.config import Config
from markupsafe import Markup
from quart import Quart, flash, get_flashed_messages, jsonify, request, session

app = Quart(__name__)
app.config.update(
    SECRET_KEY=peer.SECRET,
    SECRET_KEY_FALLBACKS=peer.FALLBACKS or None,
    SESSION_COOKIE_NAME=peer.COOKIE or "session",
    PERMANENT_SESSION_LIFETIME=datetime.timedelta(seconds=peer.LIFETIME),
)
if peer.VARIANT == "sha256":
    app.session_interface.digest_method = hashlib.sha256
elif peer.VARIANT == "salt":
    app.session_interface.salt = "another salt"


@app.post("/login")
async def login():
    session["user"] = request.args["user"]
    return "ok"


@app.get("/whoami")
async def whoami():
    return session.get("user", "")


@app.get("/count")
async def count():
    session["counter"] = session.get("counter", 0) + 1
    return str(session["counter"])


@app.get("/get")
async def get():
    return jsonify(session.get(request.args["key"]))


@app.post("/set")
async def set_value():
    session[request.args["key"]] = json.loads(request.args["value"])
    return "ok"


@app.get("/dump")
async def dump():
    return jsonify(dict(session))


@app.post("/logout")
async def logout():
    session.clear()
    return "ok"


@app.post("/flash")
async def flash_message():
    await flash(request.args["message"], request.args["category"])
    return "ok"


@app.get("/flashes")
async def flashes():
    return jsonify(get_flashed_messages(with_categories=True))


@app.post("/typed")
async def set_typed():
    session["typed"] = {
        "tuple": (1, ("two", [3])),
        "bytes": b"\x00\xff",
        "markup": Markup("<b>bold</b>"),
        "uuid": uuid.UUID(int=2**100),
        "datetime": datetime.datetime(2024, 10, 2, 23, 59, 58, tzinfo=datetime.timezone.utc),
        "dict": {" t": ["no tuple"]},
    }
    return "ok"


@app.get("/typed")
async def typed():
    return repr(session.get("typed"))


if __name__ == "__main__":
    listener = peer.listen()
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    asyncio.run(serve(app, config))
