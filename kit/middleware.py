"""Request id, an honest 503 while the database is away, and one 404 for everybody."""

import logging
import sys
import time
import uuid
from contextvars import ContextVar

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.functional import SimpleLazyObject

from kit.memo import memo

log = logging.getLogger("holdfast.request")
request_id: ContextVar[str] = ContextVar("request_id", default="")
present: ContextVar = ContextVar("request", default=None)


def acting():
    """The id of whoever makes the present request, or None; never asks the database."""
    request = present.get()
    person = request and (request.__dict__.get("_cached_user") or request.__dict__.get("user"))
    if isinstance(person, SimpleLazyObject):  # nobody has looked yet
        return None
    return getattr(person, "pk", None)


class RequestContext:
    """Names every request, for the trail and the logs, and logs how it ended."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.id = str(uuid.uuid4())
        reading = request.method in ("GET", "HEAD")
        tokens = request_id.set(request.id), memo.set({} if reading else None), present.set(request)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            actor = acting()
        finally:
            request_id.reset(tokens[0])
            memo.reset(tokens[1])
            present.reset(tokens[2])
        if response.status_code >= 500:  # so that a person can tell us which one it was
            response.headers["X-Request-ID"] = request.id
        log.info(
            "request",
            extra={
                "request_id": request.id,
                "method": request.method,
                "view": getattr(request.resolver_match, "view_name", None),
                "status": response.status_code,
                "actor": actor,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            },
        )
        return response


def server_error(request):
    """handler500: a lost database is told as such, wherever between the middleware it was missed."""
    if isinstance(sys.exc_info()[1], (OperationalError, InterfaceError)):
        return unavailable(request)
    return HttpResponse(get_template("500.html").template.source, status=500)


def unavailable(request):
    """The page, or the problem, that says that nothing can be read or saved right now."""
    if request.path.startswith("/api/"):
        response = JsonResponse(
            {"type": "about:blank", "title": "Service unavailable", "status": 503},
            status=503,
            content_type="application/problem+json",
        )
    else:
        response = HttpResponse(get_template("503.html").template.source, status=503)
    response["Retry-After"] = "10"
    return response


_not_found = None


def not_found_body():
    """The bytes of the one 404, read once."""
    global _not_found
    if _not_found is None or settings.DEBUG:
        _not_found = get_template("404.html").template.source.encode()
    return _not_found


class PlainNotFound:
    """Every 404 is the same bytes and headers: invisible is non-existent, unresolved as well.

    Innermost but for the refusals, so that the headers other middleware adds are equal too. The
    API has its own body, again one for all.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code == 404:
            response = not_found(request)
        asked = getattr(request, "_cached_user", None)  # by the gate; nobody asks who wants a style
        if is_api(request) or (asked and asked.is_authenticated):
            response["Cache-Control"] = "no-store, private"
        return response


def is_api(request):
    """The API looks at no cookie, so neither may what is said about caching its answers."""
    return request.path.startswith("/api/")


def not_found(request, exception=None):
    """The one 404 of the pages, or the one of the API."""
    if is_api(request):
        body = {"type": "about:blank", "title": "Not found.", "status": 404}
        return JsonResponse(body, status=404, content_type="application/problem+json")
    return HttpResponse(not_found_body(), status=404)
