"""The parts of which bodies, query strings and answers are described."""

from collections.abc import Mapping
from datetime import UTC

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from kit.api.refusals import BadQuery
from kit.versions import tag

HIGHEST = 2**63 - 1
MOST_ROWS = 100


class Body(serializers.Serializer):
    """A body with exactly these fields: an unknown one is refused, never ignored."""

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            strange = [str(name)[:80] for name in data if name not in self.fields]
            if strange:
                message = _("This field cannot be set here.")
                raise serializers.ValidationError({name: [message] for name in strange})
        return super().to_internal_value(data)


class Query(serializers.Serializer):
    """A query string with exactly these parameters; a `SeveralField` may be repeated."""


class PageQuery(Query):
    """Which part of a list."""

    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="`next` of the page before; opaque."
    )
    limit = serializers.IntegerField(
        required=False, default=25, min_value=1, max_value=MOST_ROWS, help_text="Rows of a page."
    )


class SeveralField(serializers.ListField):
    """A parameter that may be said several times: any of the values will do."""


class KeyField(serializers.IntegerField):
    """The key of a row."""

    def __init__(self, **options):
        super().__init__(min_value=1, max_value=HIGHEST, **options)


class InstantField(serializers.DateTimeField):
    """An instant with its offset; answered in UTC."""

    default_error_messages = {
        "naive": gettext_lazy("Say the offset too, such as 2026-11-22T14:05:00+08:00.")
    }

    def __init__(self, **options):
        super().__init__(default_timezone=UTC, **options)

    def enforce_timezone(self, value):
        if timezone.is_naive(value):
            self.fail("naive")
        return super().enforce_timezone(value)


class VisibleField(serializers.PrimaryKeyRelatedField):
    """The key of a row that the asker can see; another one is as unknown as a missing one."""

    def get_queryset(self):
        return self.queryset.visible_to(self.context["request"].user)


class TagField(serializers.CharField):
    """The version of a row that keeps no number of it: a word made of columns the reader knows."""

    def __init__(self, names):
        self.names = names
        super().__init__(source="*", read_only=True, help_text="As it is seen; opaque.")

    def to_representation(self, row):
        return tag(row, self.names)


def seen_tag():
    """The field of the version of such a row in a change."""
    return serializers.RegexField(
        r"^[0-9a-f]{16}\Z", required=False, help_text="As it was seen; or the ETag in If-Match."
    )


def sent_once(what):
    """The field of the number that makes a second sending harmless. what: "a share"."""
    return serializers.UUIDField(
        required=False, help_text=f"Made by the sender; sent twice, it creates {what} once."
    )


class Named(serializers.Serializer):
    """Something by its key and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


def column(model, name, **options):
    """The field of a model's column: length, choices and emptiness stand in one place."""
    field, known = serializers.ModelSerializer().build_standard_field(
        name, model._meta.get_field(name)
    )
    known.pop("read_only", None)
    return field(**(known | options))


def page_of(shape):
    """The shape of one page of a list."""
    fields = {
        "results": shape(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="Cursor of the next page; null at the end."
        ),
        "__doc__": "One page of a list.",
        "__module__": __name__,
    }
    return type(f"{shape.__name__}Page", (serializers.Serializer,), fields)


def read_query(request, asks):
    """The values of a query string as `asks` (a Query class, or None) allows it, else a 400.

    Nothing of the query string reaches a queryset but through the fields declared here.
    """
    try:
        given = request.query_params
    except LookupError:  # a charset that is none
        raise BadQuery({"detail": [_("This is no text in UTF-8.")]}) from None
    form = (asks or Query)(data={}, context={"request": request})
    strange = [name[:80] for name in given if name not in form.fields]
    if strange:
        raise BadQuery({name: [_("There is no such parameter here.")] for name in strange})
    form.initial_data, twice = {}, {}
    for name, values in given.lists():
        several = isinstance(form.fields[name], SeveralField)
        form.initial_data[name] = values if several else values[0]
        if len(values) > 1 and not several:
            twice[name] = [_("Say this once.")]
    if twice or not form.is_valid():
        raise BadQuery(twice or form.errors)
    return form.validated_data
