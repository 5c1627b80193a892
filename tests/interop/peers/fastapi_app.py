"""FastAPI under uvicorn. Environment: see peer.py; SessionMiddleware has no fallback keys."""
import peer

import json

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(
    SessionMiddleware,
    secret_key=peer.SECRET,
    session_cookie=peer.COOKIE or "session",
    max_age=peer.LIFETIME,
)


@app.post("/login")
async def login(request: Request, user: str):
    request.session["user"] = user


@app.get("/whoami")
async def whoami(request: Request):
    return PlainTextResponse(request.session.get("user", ""))


@app.get("/count")
async def count(request: Request) -> int:
    request.session["counter"] = request.session.get("counter", 0) + 1
    return request.session["counter"]


@app.get("/get")
async def get(request: Request, key: str):
    return PlainTextResponse(json.dumps(request.session.get(key)))


@app.post("/set")
async def set_value(request: Request, key: str, value: str):
    request.session[key] = json.loads(value)


@app.get("/dump")
async def dump(request: Request):
    return request.session


@app.post("/logout")
async def logout(request: Request):
    request.session.clear()


if __name__ == "__main__":
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[peer.listen()])
