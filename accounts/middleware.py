"""Language of the person, and the one gate that asks for a sign-in."""

from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language_from_request

from accounts import sessions
from kit.dates import zone_of

# Addresses without a session at all, and those that visitors may open too.
BARE = ("/static/", "/healthz", "/readyz", "/api/", "/favicon.ico")
OPEN = ("/accounts/", "/language")


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
    """Whoever is not signed in goes to the sign-in page; a dead epoch or an idle session ends."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(BARE):
            return self.get_response(request)
        sessions.keep(request)
        known = request.user.is_authenticated and request.user.has_access
        if not known and not request.path.startswith(OPEN):
            return ask_to_sign_in(request)
        if not known:
            return self.get_response(request)
        timezone.activate(zone_of(request.user))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


def ask_to_sign_in(request):
    """To the sign-in page and back here; a part of a page is answered with a bare 401."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    target = request.get_full_path() if request.method == "GET" else "/"
    return redirect(f"{reverse('account_login')}?next={quote(target, safe='/')}")
