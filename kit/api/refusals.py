"""What the API refuses before any service is asked."""

from django.utils.translation import gettext_lazy
from rest_framework import exceptions


class BadQuery(exceptions.APIException):
    """The query string says something that this endpoint does not know."""

    status_code = 400

    def __init__(self, errors):
        super().__init__(gettext_lazy("Invalid query."))
        self.errors = errors


class TooLarge(exceptions.APIException):
    """The body is larger than any that is taken here."""

    status_code = 413
    default_detail = gettext_lazy("This body is too large.")


class NoVersion(exceptions.APIException):
    """A change must say which version it was made from."""

    status_code = 428
    default_detail = gettext_lazy("Say which version you have seen: in `version`, or in If-Match.")
