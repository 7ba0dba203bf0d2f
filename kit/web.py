"""The vocabulary of views: show, get_visible_or_404, paged, done, and forms that call services."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from kit.disclosure import Disclosure, disclose
from kit.errors import NotAllowed, Refused


def show(request, template, context=None, *, customers=(), status=200):
    """Render a page. `customers` are the keys of the customers it shows, for the counter."""
    disclose(request, customers)
    return render(request, template, context or {}, status=status)


OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "pdf": "application/pdf", "zip": "application/zip", "html": "text/html; charset=utf-8",
    "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp",
    "docx": OFFICE + "wordprocessingml.document", "xlsx": OFFICE + "spreadsheetml.sheet",
}  # fmt: skip
SANDBOX = "default-src 'none'; sandbox"


def file(request, content, name, *, customers=(), kind=Disclosure.Kind.DETAIL):
    """Answer with `content` (bytes or text) as a file to keep. name: ASCII, its end says the type."""
    disclose(request, customers, kind)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]], headers=headers)


def foreign(request, content, name, *, customers=(), inline=False, counted=Disclosure.Kind.DETAIL):
    """Answer with a file that somebody else made: never run, never kept by the browser.

    inline: show it; only for a picture that was drawn here. counted: as which kind of disclosure.
    """
    response = file(request, content, name, customers=customers, kind=counted)
    if inline:
        response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def get_visible_or_404(model, request, action=None, **lookup):
    """The one object of `model` (or queryset) that this person may see, else the fixed 404.

    A key that is no key (too large, no number, no UUID) is as unknown as a missing one.
    """
    queryset = model if isinstance(model, models.QuerySet) else model._default_manager.all()
    try:
        found = queryset.visible_to(request.user, action).filter(**lookup).first()
    except (ValueError, OverflowError, ValidationError, models.ObjectDoesNotExist):
        found = None
    if found is None:
        raise Http404
    return found


def get_allowed_or_403(model, request, action, **lookup):
    """The one object that this person sees (else 404) and may do `action` to (else 403)."""
    found = get_visible_or_404(model, request, **lookup)
    rows = type(found)._default_manager.visible_to(request.user, action)
    if not rows.filter(pk=found.pk).exists():
        raise NotAllowed
    return found


def paged(request, rows, customers):
    """Count one page of a list as disclosed and hand it back."""
    disclose(request, customers, Disclosure.Kind.LIST)
    return rows


def page_number(request):
    """?page=2 counts from 0; anything else is the first page."""
    given = request.GET.get("page", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0


def done(request, to, message=""):
    """Answer a successful write: a persistent message and a redirect to `to` (See Other)."""
    if message:
        messages.success(request, message)
    target = to if isinstance(to, str) else to.get_absolute_url()
    response = HttpResponseRedirect(target)
    response.status_code = 303
    return response


def back(request, default):
    """The address named by `next` in the request if it is ours, else `default`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if target and ours else default


def sent(request):
    """What was posted to this page, or None: what its form is bound to."""
    return request.POST if request.method == "POST" else None


def submitted(request, form, act):
    """Validate `form` and call `act(cleaned_data)`; returns its result or None.

    What a service refuses becomes an error at the field it names. NotAllowed passes on as 403.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except NotAllowed:
        raise
    except Refused as refused:
        form.refused = refused
        disclose(request, refused.tells)
        for field, message in refused.fields.items():
            form.add_error(field if field in form.fields else None, message)
    return None


def form_status(form):
    """HTTP status of a page with this form: 200, or that of what was wrong with it."""
    if not form.is_bound or (form.is_valid() and not form.errors):
        return 200
    return getattr(getattr(form, "refused", None), "status", 422)


def form_page(request, form, title, cancel, **more):
    """A page with one form. `cancel`: the address to go back to; more: submit, note, about."""
    context = {"form": form, "title": title, "cancel": cancel} | more
    return show(request, "layout/form.html", context, status=form_status(form))
