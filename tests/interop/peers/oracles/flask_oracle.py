"""Flask's own session code. See oracle.py."""
import oracle

from flask import Flask, flash, get_flashed_messages, session

app = Flask(__name__)
app.config["SECRET_KEY"] = oracle.SECRET


def visit(one):
    with app.request_context(one.environ()):
        one.see(session)
        if one.take:
            one.flashes = oracle.pairs(get_flashed_messages(with_categories=True))
        for category, message in one.flash:
            flash(message, category)
        one.change(session)
        response = app.process_response(app.response_class())
        cookies = response.headers.getlist("Set-Cookie")
        size = 0
        if oracle.is_deflated(cookies):
            size = len(app.session_interface.serializer.dumps(dict(session)))
        return cookies, size


oracle.serve(visit)
