"""Starlette's own session code. See oracle.py."""
import oracle

from starlette.middleware.sessions import SessionMiddleware


async def respond(scope, receive, send):
    one = scope["visit"]
    one.see(scope["session"])
    one.change(scope["session"])
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


app = SessionMiddleware(respond, secret_key=oracle.SECRET)
oracle.serve_asgi(app)
