"""What one of ours holds and held."""

from django.db.models import F
from rest_framework import serializers

from accounts.access import Action, Reach, reach
from accounts.models import Person
from accounts.selectors.people import directory
from crm.seats import Reason, Seat
from crm.selectors import person_seats
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import InstantField, Named, PageQuery, page_of
from kit.dates import FIRST_DAY
from kit.errors import NotAllowed


class HeldShape(serializers.Serializer):
    """A seat of one person at a customer that the asker sees."""

    id = serializers.IntegerField()
    customer = Named()
    seat = serializers.ChoiceField(Seat.choices)
    since = InstantField()
    until = InstantField(source="period.upper", allow_null=True)
    reason = serializers.ChoiceField(Reason.choices)
    note = serializers.CharField(allow_blank=True)
    made_by = Named()


class HeldQuery(PageQuery):
    """Everything ever held; or of a seat, a year, a day; or what is held now."""

    seat = serializers.ChoiceField(Seat.choices, required=False)
    year = serializers.IntegerField(
        required=False, min_value=FIRST_DAY.year, max_value=2200,
        help_text="What reached into that year, where the company is.",
    )  # fmt: skip
    on = serializers.DateField(required=False)
    now = serializers.BooleanField(required=False, help_text="True: only what is held now.")


class HeldViewSet(ScopedViewSet):
    """The seats of a person."""

    model = Person
    ways = {"list": Way(page_of(HeldShape), asks=HeldQuery)}

    def rows(self):
        return directory()

    def list(self, request, pk):
        """Seats of a person, the latest first."""
        person = self.get_object()
        if reach(request.user, Action.SEAT_HISTORY) == Reach.NONE:
            raise NotAllowed()
        names = ("seat", "year", "on", "now")
        asked = {name: self.said[name] for name in names if name in self.said}
        rows = person_seats.seats_of(person, request.user, **asked)
        rows = rows.select_related("customer", "made_by").annotate(since=F("period__startswith"))
        rows, following = keyset(rows, ("-since", "-pk"), self.said)
        return self.page(rows, following, [row.customer_id for row in rows])
