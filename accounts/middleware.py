"""Language of the person, and the one gate that asks for a sign-in."""

import zoneinfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request

OPEN = ("/accounts/", "/static/", "/healthz", "/readyz", "/language", "/api/", "/favicon.ico")


class Language:
    """Pages speak the language of the cookie, else of the browser; the profile sets the cookie."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        known = dict(settings.LANGUAGES)
        language = chosen if chosen in known else get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        return response


class SignedIn:
    """Whoever is not signed in goes to the sign-in page; a dead epoch ends the session."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if any(request.path.startswith(prefix) for prefix in OPEN):
            return self.get_response(request)
        if not request.user.is_authenticated or not request.user.has_access:
            if request.headers.get("HX-Request"):
                return HttpResponse(status=401)
            return redirect(f"{_login()}?next={_quoted(request)}")
        timezone.activate(zone_of(request.user))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def zone_of(person):
    """The person's time zone; the company's default where it is no zone."""
    try:
        return zoneinfo.ZoneInfo(person.time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("Asia/Shanghai")


def _login():
    from django.urls import reverse

    return reverse("account_login")


def _quoted(request):
    from urllib.parse import quote

    return quote(request.get_full_path() if request.method == "GET" else "/", safe="/")
