"""Reading what was sent: JSON in UTF-8 of a bounded size, answered in JSON whatever is asked for."""

import json

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.utils.json import strict_constant

from kit.api.refusals import TooLarge


class Json(BaseParser):
    """JSON that can be stored and said again: UTF-8, no NaN, no half of a character."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        """The value of the body. Raises ParseError (400) or TooLarge (413)."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise TooLarge
        try:
            value = json.loads(raw.decode(), parse_constant=strict_constant)
            if b"\\u" in raw:
                json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise ParseError(_("This is no JSON in UTF-8.")) from None
        return value


class OnlyJson(BaseContentNegotiation):
    """There is one form of an answer; what a client would rather have does not count."""

    def select_parser(self, request, parsers):
        return next((one for one in parsers if is_json(request.content_type)), None)

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def is_json(content_type):
    """Whether a Content-Type header says JSON, with or without parameters."""
    return (content_type or "").partition(";")[0].strip().lower() == "application/json"
