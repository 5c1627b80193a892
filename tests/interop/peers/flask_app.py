"""Flask with Flask-Login. Environment: see peer.py."""
import peer

import datetime
import hashlib
import json
import uuid

import flask_login
from flask import Flask, flash, get_flashed_messages, jsonify, request, session
from markupsafe import Markup
from werkzeug.serving import make_server

app = Flask(__name__)
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
logins = flask_login.LoginManager(app)


@app.route("/login", methods=["POST"])
def login():
    session["user"] = request.args["user"]
    return "ok"


@app.route("/whoami")
def whoami():
    return session.get("user", "")


@app.route("/count")
def count():
    session["counter"] = session.get("counter", 0) + 1
    return str(session["counter"])


@app.route("/get")
def get():
    return jsonify(session.get(request.args["key"]))


@app.route("/set", methods=["POST"])
def set_value():
    session[request.args["key"]] = json.loads(request.args["value"])
    return "ok"


@app.route("/dump")
def dump():
    return jsonify(dict(session))


@app.route("/logout", methods=["POST"])
def logout():
    session.clear()
    return "ok"


@app.route("/flash", methods=["POST"])
def flash_message():
    flash(request.args["message"], request.args["category"])
    return "ok"


@app.route("/flashes")
def flashes():
    return jsonify(get_flashed_messages(with_categories=True))


@app.route("/typed", methods=["POST"])
def set_typed():
    session["typed"] = {
        "tuple": (1, ("two", [3])),
        "bytes": b"\x00\xff",
        "markup": Markup("<b>bold</b>"),
        "uuid": uuid.UUID(int=2**100),
        "datetime": datetime.datetime(2024, 10, 2, 23, 59, 58, tzinfo=datetime.timezone.utc),
        "dict": {" t": ["no tuple"]},
    }
    return "ok"


@app.route("/typed")
def typed():
    return repr(session.get("typed"))


class User(flask_login.UserMixin):
    def __init__(self, id):
        self.id = id


@logins.user_loader
def load_user(id):
    return User(id)


@app.route("/auth-login", methods=["POST"])
def auth_login():
    flask_login.login_user(User(request.args["user"]))
    return "ok"


@app.route("/auth-whoami")
def auth_whoami():
    user = flask_login.current_user
    return jsonify(user=user.get_id(), fresh=flask_login.login_fresh())


@app.route("/auth-logout", methods=["POST"])
def auth_logout():
    flask_login.logout_user()
    return "ok"


if __name__ == "__main__":
    listener = peer.listen()
    make_server("127.0.0.1", 0, app, threaded=True, fd=listener.fileno()).serve_forever()
