"""Django's own session code. See oracle.py."""
import oracle

import datetime

import django
from django.conf import settings

settings.configure(
    SECRET_KEY=oracle.SECRET,
    ALLOWED_HOSTS=["*"],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    TIME_ZONE="UTC",
)
django.setup()

from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.serializers import JSONSerializer
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse
from django.utils import timezone


def respond(request):
    one, session = request.visit, request.session
    one.see(session)
    if one.expiry:
        if "date" in one.expiry:
            date = timezone.now() + datetime.timedelta(seconds=one.expiry["date"])
            session.set_expiry(date)
        else:
            session.set_expiry(one.expiry["number"])
    one.change(session)
    return HttpResponse()


middleware = SessionMiddleware(respond)


def visit(one):
    request = WSGIRequest(one.environ())
    request.visit = one
    response = middleware(request)
    cookies = [morsel.OutputString() for morsel in response.cookies.values()]
    size = 0
    if oracle.is_deflated(cookies):
        size = len(JSONSerializer().dumps(dict(request.session.items())))
    return cookies, size


oracle.serve(visit)
