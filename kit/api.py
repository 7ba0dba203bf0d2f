"""Errors of the API as problem details (RFC 9457), and keyset paging."""

from django.core.exceptions import ValidationError as ModelError
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kit.errors import Refused


def problem(error, context):
    """Turn any expected failure into application/problem+json; None lets the rest be a 500."""
    if isinstance(error, Refused):
        fields = {name or "detail": [str(message)] for name, message in error.fields.items()}
        return reply(error.status, str(error.message), code=error.code, errors=fields)
    if isinstance(error, ModelError):
        return reply(422, "Invalid input.", errors={"detail": error.messages})
    if isinstance(error, (ValueError, DataError, OverflowError)) and is_lookup(error):
        error = Http404()
    if isinstance(error, (OperationalError, InterfaceError)):
        return reply(503, "Service unavailable", headers={"Retry-After": "10"})
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        return reply(422, "Invalid input.", errors=response.data)
    detail = "Not found." if response.status_code == 404 else str(response.data.get("detail", ""))
    kept = {k: v for k, v in response.headers.items() if k in ("WWW-Authenticate", "Retry-After", "Allow")}
    return reply(response.status_code, detail, headers=kept)


def is_lookup(error):
    """A number too large for the database is simply a key that nothing has."""
    return isinstance(error, (DataError, OverflowError))


def reply(status, title, *, headers=None, **extra):
    """One problem document."""
    body = {"type": "about:blank", "title": title, "status": status, **extra}
    return Response(body, status=status, content_type="application/problem+json", headers=headers)
