"""Errors of the API as problem details (RFC 9457)."""

from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kit.api.refusals import BadQuery
from kit.disclosure import Disclosure, disclose
from kit.errors import OverBudget, Refused

TOO_LARGE = gettext_lazy("A value is larger than any that can be stored.")
KEPT = ("WWW-Authenticate", "Retry-After", "Allow")


def problem(error, context):
    """Turn any expected failure into application/problem+json; None lets the rest be a 500."""
    if isinstance(error, Refused):
        disclose(context["request"], error.tells, Disclosure.Kind.API)
        fields = {name or "detail": [str(message)] for name, message in error.fields.items()}
        wait = {"Retry-After": str(error.seconds)} if isinstance(error, OverBudget) else {}
        return reply(error.status, str(error.message), headers=wait, code=error.code, errors=fields)
    if isinstance(error, ModelError):
        return reply(422, _("Invalid input."), errors={"detail": error.messages})
    if isinstance(error, (DataError, OverflowError)):
        if context["request"].method not in SAFE_METHODS:
            return reply(422, _("Invalid input."), errors={"detail": [TOO_LARGE]})
        error = Http404()  # a number too large for the database is a key that nothing has
    if isinstance(error, (OperationalError, InterfaceError)):
        return reply(503, _("Service unavailable"), headers={"Retry-After": "10"})
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        return reply(422, _("Invalid input."), errors=response.data)
    kept = {name: value for name, value in response.headers.items() if name in KEPT}
    extra = {"errors": error.errors} if isinstance(error, BadQuery) else {}
    return reply(response.status_code, str(response.data.get("detail", "")), headers=kept, **extra)


def reply(status, title, *, headers=None, **extra):
    """One problem document."""
    body = {"type": "about:blank", "title": title, "status": status, **extra}
    return Response(body, status=status, content_type="application/problem+json", headers=headers)
