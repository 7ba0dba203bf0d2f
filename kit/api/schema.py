"""The OpenAPI description, written from each viewset's table of ways."""

from functools import lru_cache

from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

PROBLEMS = {
    400: "The query string or the body cannot be read.",
    401: "No token, or one that is no longer good.",
    403: "Visible, but not this person's to do.",
    404: "Unknown, or not visible: the same answer.",
    503: "Nothing can be read, saved or recorded right now.",
}
WRITING = {
    409: "Somebody else got there first; nothing was changed.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The body was read, and refused at the fields named in `errors`.",
    429: "A counted budget is spent.",
}
NO_VERSION = {428: "The change does not say which version it was made from."}
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER,
    description="The ETag that was seen, instead of `version` in the body.",
)  # fmt: skip


class Problem(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(required=False)
    errors = serializers.DictField(
        required=False, child=serializers.JSONField(), help_text="Messages by field or parameter."
    )


class Described(AutoSchema):
    """Operations as their Way says: parameters, body, answers and every problem."""

    @property
    def way(self):
        return self.view.way

    def _is_list_view(self, serializer=None):
        return False

    def get_operation_id(self):
        return f"{self.view.basename}_{self.view.action}"

    def get_tags(self):
        return [self.view.basename]

    def get_override_parameters(self):
        return [IF_MATCH] * self.way.versioned + [self.way.asks] * bool(self.way.asks)

    def get_request_serializer(self):
        return self.way.takes if self.method != "GET" else None

    def get_response_serializers(self):
        problems = PROBLEMS | (WRITING if self.method != "GET" else {})
        problems |= NO_VERSION if self.way.versioned else {}
        found = dict.fromkeys(self.way.statuses, self.way.gives)
        for status, words in sorted(problems.items()):
            found[status, "application/problem+json"] = OpenApiResponse(Problem, description=words)
        return found


class Once(SchemaGenerator):
    """What is served to whoever asks: made once per process and language, for it takes a second."""

    def get_schema(self, request=None, public=False):
        return _made(get_language(), self.api_version, public)


@lru_cache(maxsize=4)  # language and version come from the query string
def _made(_language, version, public):
    return SchemaGenerator(api_version=version).get_schema(public=public)
