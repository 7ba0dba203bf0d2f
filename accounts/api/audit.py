"""The trail: who did what, as far as the reader may know; reading it is written down."""

from html import unescape

from django.utils import timezone
from django.utils.html import strip_tags
from rest_framework import serializers

from accounts.access import Action, Reach, reach
from accounts.models import TrailEntry
from accounts.selectors import audit, sentences
from accounts.services import trail as verbs
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import InstantField, KeyField, PageQuery, page_of
from kit.errors import NotAllowed


class EntryShape(serializers.Serializer):
    """One act. `recorded_at` is when it was written, `happened_at` when it is said to have been."""

    id = serializers.IntegerField()
    recorded_at = InstantField()
    happened_at = InstantField()
    actor = KeyField(help_text="A person of ours.")
    on_behalf_of = KeyField(allow_null=True)
    verb = serializers.CharField()
    customer = KeyField(allow_null=True, help_text="Null: none, or none that the reader sees.")
    sentence = serializers.CharField(help_text="In the reader's language, with the reason.")


class TrailQuery(PageQuery):
    """The trail, narrowed; the latest first."""

    person = serializers.CharField(required=False, max_length=80, help_text="Part of a name.")
    customer = serializers.CharField(required=False, max_length=120, help_text="Part of a name.")
    area = serializers.RegexField(
        r"^[a-z_]{1,40}\Z", required=False, help_text="First part of a verb."
    )
    since = serializers.DateField(required=False, help_text="This day or later.")
    until = serializers.DateField(required=False, help_text="This day or earlier.")


class TrailViewSet(ScopedViewSet):
    """Acts that the asker may read about."""

    model = TrailEntry
    ways = {"list": Way(page_of(EntryShape), asks=TrailQuery)}

    def list(self, request):
        """Acts, the latest first. Reading the acts of others is an act of its own."""
        width = reach(request.user, Action.TRAIL_VIEW)
        if width == Reach.NONE:
            raise NotAllowed()
        names = ("person", "customer", "area", "since", "until")
        filters = {name: self.said[name] for name in names if self.said.get(name)}
        entries = audit.trail(request.user, zone=timezone.get_current_timezone(), **filters)
        rows, following = keyset(entries, ("-pk",), self.said)
        told = sentences.Reader(request.user, rows).told()
        if width > Reach.OWN:
            verbs.read(actor=request.user, about={n: str(v) for n, v in filters.items()})
        customers = set().union(*(one.customers for one in told))
        return self.page([shown(one) for one in told], following, customers)


def shown(told):
    """A dictionary of EntryShape."""
    entry = told.entry
    names = ("id", "recorded_at", "happened_at", "verb")
    return {name: getattr(entry, name) for name in names} | {
        "actor": entry.actor_id, "on_behalf_of": entry.on_behalf_of_id,
        "customer": entry.customer_id if entry.customer_id in told.customers else None,
        "sentence": unescape(strip_tags(told.sentence)),
    }  # fmt: skip
