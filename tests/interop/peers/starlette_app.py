"""Starlette under uvicorn. Environment: see peer.py; SessionMiddleware has no fallback keys."""
import peer

import json

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route


async def login(request):
    request.session["user"] = request.query_params["user"]
    return PlainTextResponse("ok")


async def whoami(request):
    return PlainTextResponse(request.session.get("user", ""))


async def count(request):
    request.session["counter"] = request.session.get("counter", 0) + 1
    return PlainTextResponse(str(request.session["counter"]))


async def get(request):
    return PlainTextResponse(json.dumps(request.session.get(request.query_params["key"])))


async def set_value(request):
    request.session[request.query_params["key"]] = json.loads(request.query_params["value"])
    return PlainTextResponse("ok")


async def dump(request):
    return JSONResponse(dict(request.session))


async def logout(request):
    request.session.clear()
    return PlainTextResponse("ok")


app = Starlette(
    routes=[
        Route("/login", login, methods=["POST"]),
        Route("/whoami", whoami),
        Route("/count", count),
        Route("/get", get),
        Route("/set", set_value, methods=["POST"]),
        Route("/dump", dump),
        Route("/logout", logout, methods=["POST"]),
    ],
    middleware=[
        Middleware(
            SessionMiddleware,
            secret_key=peer.SECRET,
            session_cookie=peer.COOKIE or "session",
            max_age=peer.LIFETIME,
        )
    ],
)

if __name__ == "__main__":
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[peer.listen()])
