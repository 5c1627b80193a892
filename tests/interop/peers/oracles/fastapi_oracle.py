"""FastAPI with Starlette's session code. See oracle.py."""
import oracle

from fastapi import FastAPI, Request
from starlette.middleware.sessions import SessionMiddleware

app = FastAPI()
app.add_middleware(SessionMiddleware, secret_key=oracle.SECRET)


@app.get("/")
async def visit(request: Request):
    one = request.scope["visit"]
    one.see(request.session)
    one.change(request.session)


oracle.serve_asgi(app)
