"""Django with signed_cookies sessions and django.contrib.auth, without a database.

Environment: see peer.py.
"""
import peer

import json
from wsgiref.simple_server import make_server

import django
from django.conf import settings

# Settings of versions before 4.0 and 5.0.
VARIANTS = {
    "": {},
    "sha1": {"DEFAULT_HASHING_ALGORITHM": "sha1"},
    "pickle": {"SESSION_SERIALIZER": "django.contrib.sessions.serializers.PickleSerializer"},
}
settings.configure(
    **VARIANTS[peer.VARIANT],
    SECRET_KEY=peer.SECRET,
    SECRET_KEY_FALLBACKS=peer.FALLBACKS,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
    AUTHENTICATION_BACKENDS=["__main__.Users"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    SESSION_COOKIE_NAME=peer.COOKIE or "sessionid",
    SESSION_COOKIE_AGE=peer.LIFETIME,
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
django.setup()

from django.contrib import auth
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

# It would store the time of the login, in a database.
auth.user_logged_in.disconnect(dispatch_uid="update_last_login")


class Users:
    """An authentication backend that knows a user of every number."""

    def get_user(self, id):
        return User(pk=id, username=f"user {id}", password="the hash of a password")


@require_POST
def login(request):
    request.session["user"] = request.GET["user"]
    return HttpResponse("ok")


@require_GET
def whoami(request):
    return HttpResponse(request.session.get("user", ""))


@require_GET
def count(request):
    request.session["counter"] = request.session.get("counter", 0) + 1
    return HttpResponse(str(request.session["counter"]))


@require_GET
def get(request):
    return JsonResponse(request.session.get(request.GET["key"]), safe=False)


@require_POST
def set_value(request):
    request.session[request.GET["key"]] = json.loads(request.GET["value"])
    return HttpResponse("ok")


@require_GET
def dump(request):
    return JsonResponse(dict(request.session.items()))


@require_POST
def logout(request):
    request.session.flush()
    return HttpResponse("ok")


@require_POST
def auth_login(request):
    auth.login(request, Users().get_user(int(request.GET["user"])), backend="__main__.Users")
    return HttpResponse("ok")


@require_GET
def auth_whoami(request):
    user = request.user
    return JsonResponse({"user": str(user.pk) if user.is_authenticated else None})


@require_POST
def auth_logout(request):
    auth.logout(request)
    return HttpResponse("ok")


urlpatterns = [
    path("login", login),
    path("whoami", whoami),
    path("count", count),
    path("get", get),
    path("set", set_value),
    path("dump", dump),
    path("logout", logout),
    path("auth-login", auth_login),
    path("auth-whoami", auth_whoami),
    path("auth-logout", auth_logout),
]

if __name__ == "__main__":
    server = make_server("127.0.0.1", peer.PORT, WSGIHandler())
    peer.announce(server.server_port)
    server.serve_forever()
