"""The Flask site that moves to axum. Env: SECRET_KEY, PORT."""
import os

from flask import Flask, flash, redirect, render_template_string, request, session

app = Flask(__name__)
app.config.update(
    SECRET_KEY=os.environ["SECRET_KEY"],
    # As the other side writes the cookie: a browser keeps one cookie for both.
    SESSION_COOKIE_SECURE=True,
    SESSION_COOKIE_SAMESITE="Lax",
)

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>A site</title>
{% for message in get_flashed_messages() %}<p role="status">{{ message }}</p>{% endfor %}
{% if session.user %}
<h1>Hello, {{ session.user }}</h1>
<p id="theme">{{ session.theme }}</p>
<p><a href="/new/settings">Settings</a></p>
<form method="post" action="/logout"><button id="logout">Sign out</button></form>
{% else %}
<h1>Hello, stranger</h1>
<form method="post" action="/login"><input name="user" required><button id="login">Sign in</button></form>
{% endif %}
"""


@app.get("/")
@app.get("/login")
def start():
    return render_template_string(PAGE)


@app.post("/login")
def login():
    # A stand-in for a password check.
    session.clear()
    session["user"] = request.form["user"]
    session["theme"] = "light"
    return redirect("/")


@app.post("/logout")
def logout():
    session.clear()
    return redirect("/")


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ.get("PORT", 5000)))
