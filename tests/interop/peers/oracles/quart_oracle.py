"""Quart's own session code. See oracle.py."""
import oracle

import asyncio

from quart import Quart, flash, get_flashed_messages, session

app = Quart(__name__)
app.config["SECRET_KEY"] = oracle.SECRET


async def visit(one):
    async with app.test_request_context("/", headers={"Cookie": one.cookies}) as context:
        one.see(session)
        if one.take:
            one.flashes = oracle.pairs(get_flashed_messages(with_categories=True))
        for category, message in one.flash:
            await flash(message, category)
        one.change(session)
        response = await app.process_response(app.response_class(""), context)
        cookies = response.headers.getlist("Set-Cookie")
        size = 0
        if oracle.is_deflated(cookies):
            size = len(app.session_interface.serializer.dumps(dict(session)))
        return cookies, size


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
oracle.serve(lambda one: loop.run_until_complete(visit(one)))
