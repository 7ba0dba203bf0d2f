"""What a view raises becomes the right page: 403, 409, 422, 429; damaged addresses become a 400.

The API answers with problem documents (kit.api); this is for pages and their fragments.
"""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from kit.errors import NotAllowed, Refused

TITLES = {
    409: _("Somebody was faster"),
    422: _("This was not possible"),
    429: _("That is enough for now"),
}


class Refusals:
    """Turns Refused into its page, and asks the database nothing that holds a NUL character."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return damaged(request)
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, Refused):
            return refused(request, exception)
        if isinstance(exception, ValueError) and "NUL (0x00)" in str(exception):
            return damaged(request)
        return None


def refused(request, refusal):
    """The page of a refusal; a fragment for htmx, which keeps the rest of the page as it is."""
    status, context = refusal.status, {"reason": refusal.message}
    if isinstance(refusal, NotAllowed):
        template = "403.html"
    else:
        template = "refused.html"
        context["title"] = TITLES.get(status, TITLES[422])
    if request.headers.get("HX-Request") == "true":
        template = "refused.html#fragment"
    return render(request, template, context, status=status)


def damaged(request):
    """The fixed 400: the address or the body is not text."""
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Bad request", "status": 400}
        return JsonResponse(body, status=400, content_type="application/problem+json")
    return HttpResponse(get_template("400.html").template.source, status=400)
