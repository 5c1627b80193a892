"""Shared by the Python oracles, which read one JSON question a line, and answer in one line.

A question is a visit: the session is opened from the Cookie header, noted, changed as the question
says, and written. Values travel as JSON in which each object has one key, the name of a type.
"""
import asyncio
import decimal
import email.utils
import datetime
import json
import os
import sys
import uuid

SECRET = os.environ["SECRET"]


class Visit:
    def __init__(self, question):
        self.cookies = question["cookies"]
        self.set = [(key, read(value)) for key, value in question["set"]]
        self.flash = [(category, read(message)) for category, message in question["flash"]]
        self.expiry = question["expiry"]
        self.take = question["take"]
        self.touch = question["touch"]
        self.session = None
        self.flashes = []

    def environ(self):
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": self.cookies,
            "wsgi.url_scheme": "http",
            "wsgi.input": sys.stdin.buffer,
            "wsgi.errors": sys.stderr,
        }

    def scope(self):
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost"), (b"cookie", self.cookies.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }

    def see(self, session):
        """Notes the session as it was opened."""
        self.session = note(dict(session.items()))

    def change(self, session):
        for key, value in self.set:
            session[key] = value
        if self.touch:
            session["touched"] = 1


def read(noted):
    if isinstance(noted, list):
        return [read(item) for item in noted]
    if not isinstance(noted, dict):
        return noted
    [(kind, value)] = noted.items()
    if kind == "d":
        return {key: read(item) for key, item in value}
    if kind == "t":
        return tuple(read(item) for item in value)
    if kind == "b":
        return bytes.fromhex(value)
    if kind == "m":
        from markupsafe import Markup

        return Markup(value)
    if kind == "u":
        return uuid.UUID(value)
    if kind == "w":
        return email.utils.parsedate_to_datetime(value)
    return decimal.Decimal(value)


def note(value):
    if isinstance(value, dict):
        return {"d": [[key, note(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return [note(item) for item in value]
    if isinstance(value, tuple):
        return {"t": [note(item) for item in value]}
    if isinstance(value, bytes):
        return {"b": value.hex()}
    if hasattr(value, "__html__"):
        return {"m": str(value)}
    if isinstance(value, uuid.UUID):
        return {"u": value.hex}
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return {"w": email.utils.format_datetime(value, usegmt=True)}
    if isinstance(value, decimal.Decimal):
        return {"n": str(value)}
    if isinstance(value, float) and value - value != 0:
        return {"n": repr(value)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"a {type(value)} in a session")


def serve(visit):
    """`visit` makes a visit, and returns the Set-Cookie headers and the bytes of JSON."""
    sys.setrecursionlimit(10_000)
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        one = None
        try:
            one = Visit(json.loads(line))
            cookies, size = visit(one)
            answer = json.dumps(
                {
                    "session": one.session,
                    "flashes": {"d": one.flashes},
                    "cookies": cookies,
                    "bytes": size,
                }
            )
        except Exception as error:
            cannot = "cannot_open" if one and one.session is None else "cannot_write"
            answer = json.dumps({cannot: f"{type(error).__name__}: {error}"})
        print(answer, file=answers, flush=True)


def is_deflated(cookies):
    return any(cookie.partition("=")[2].startswith(".") for cookie in cookies)


def pairs(messages):
    """Flash messages, noted; without what is not one."""
    return [
        [one[0], note(one[1])]
        for one in messages
        if isinstance(one, (tuple, list)) and len(one) == 2 and isinstance(one[0], str)
    ]


def serve_asgi(app):
    """`app` finds the visit in its scope."""
    loop = asyncio.new_event_loop()

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    def visit(one):
        headers = []

        async def send(message):
            headers.extend(message.get("headers", []))

        loop.run_until_complete(app({**one.scope(), "visit": one}, receive, send))
        return [value.decode() for name, value in headers if name.lower() == b"set-cookie"], 0

    serve(visit)
