"""Visits, calls, messages and meetings; and the timeline of a customer."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action, can
from crm.models import Activity, Customer
from crm.seats import Seat
from crm.selectors import activities as shapes
from crm.selectors import timeline
from crm.services import activities, tasks
from crm.services.said import MOST_PEOPLE
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import bad_cursor, keyset
from kit.api.shapes import Body, InstantField, KeyField, Named, PageQuery, column, page_of
from kit.errors import NotAllowed


class VisitorShape(serializers.Serializer):
    """A colleague who came along."""

    id = serializers.IntegerField(source="person_id")
    name = serializers.CharField(source="person.name")
    confirmed_at = InstantField(allow_null=True)


class VisitShape(serializers.Serializer):
    """An activity, as far as the asker may read it."""

    id = serializers.IntegerField()
    client_uuid = serializers.UUIDField()
    customer = Named()
    author = Named(allow_null=True, help_text="Null: somebody outside this system.")
    author_name = column(Activity, "author_name", help_text="Of an author outside, if it is known.")
    kind = column(Activity, "kind")
    happened_at = InstantField()
    recorded_at = InstantField()
    note = column(Activity, "note")
    contacts = Named(many=True)
    visitors = VisitorShape(many=True)
    next_step = column(Activity, "next_step")
    next_step_on = serializers.DateField(allow_null=True)
    next_step_done_at = InstantField(allow_null=True)
    is_late = serializers.BooleanField()
    proof = serializers.CharField(allow_blank=True, help_text="What confirmed it; empty: nothing.")
    confirmed_at = InstantField(allow_null=True)
    version = serializers.IntegerField()


class VisitQuery(PageQuery):
    """Activities, narrowed; the latest first."""

    customer = KeyField(required=False)
    author = KeyField(required=False, help_text="A person of ours.")
    kind = serializers.ChoiceField(Activity.Kind.choices, required=False)
    since = InstantField(required=False, help_text="Happened at this instant or later.")
    until = InstantField(required=False, help_text="Happened before this instant.")
    due_until = serializers.DateField(
        required=False, help_text="With an open next step due on this day or earlier."
    )


def keys(help_text):
    """The field of a list of keys."""
    return serializers.ListField(
        child=KeyField(), max_length=MOST_PEOPLE, required=False, help_text=help_text
    )


class Said(Body):
    """What can be said of an activity, at first and in a correction."""

    kind = column(Activity, "kind")
    happened_at = InstantField(required=False, help_text="Now, if it is left out.")
    note = column(Activity, "note")
    contacts = keys("Contacts of this customer.")
    next_step = column(Activity, "next_step")
    next_step_on = serializers.DateField(required=False, allow_null=True)


class NewVisit(Said):
    """A new activity. Sent again with the same client_uuid, it stays one."""

    customer = KeyField()
    client_uuid = serializers.UUIDField(help_text="Made by the sender, once per activity.")
    visitors = keys("Colleagues who came along.")
    task = KeyField(
        required=False, allow_null=True,
        help_text="The task by which it was planned: closed with it, if it is open and of the customer.",
    )  # fmt: skip


class CorrectedVisit(Said):
    """Only the fields that change; every version is kept."""

    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class VersionShape(serializers.Serializer):
    """An activity as it was said at one time."""

    version = serializers.IntegerField(source="number")
    at = InstantField()
    by = Named(allow_null=True)
    kind = serializers.ChoiceField(Activity.Kind.choices, source="said.kind")
    happened_at = InstantField(source="said.happened_at")
    note = serializers.CharField(source="said.note", allow_blank=True)
    contacts = Named(many=True)
    next_step = serializers.CharField(source="said.next_step", allow_blank=True)
    next_step_on = serializers.DateField(source="said.next_step_on", allow_null=True)


class VersionsShape(serializers.Serializer):
    """All that an activity ever said, the original first."""

    versions = VersionShape(many=True)


class VisitViewSet(ScopedViewSet):
    """The activities one sees."""

    model = Activity
    ways = {
        "list": Way(page_of(VisitShape), asks=VisitQuery),
        "retrieve": Way(VisitShape),
        "create": Way(VisitShape, takes=NewVisit, statuses=(200, 201)),
        "partial_update": Way(VisitShape, takes=CorrectedVisit, versioned=True),
        "versions": Way(VersionsShape),
        "confirm": Way(VisitShape, takes=Body),
        "finish": Way(VisitShape, takes=Body),
    }

    def rows(self):
        return shapes.with_people()

    def list(self, request):
        """Activities, the latest first."""
        lookups = {
            "customer": "customer_id", "author": "author_id", "kind": "kind",
            "since": "happened_at__gte", "until": "happened_at__lt",
        }  # fmt: skip
        wanted = {lookup: self.said[name] for name, lookup in lookups.items() if name in self.said}
        if "due_until" in self.said:
            wanted |= {"next_step_on__lte": self.said["due_until"], "next_step_done_at": None}
        rows, following = keyset(
            self.get_queryset().filter(**wanted), ("-happened_at", "-pk"), self.said
        )
        rows = [shapes.readable(row, request.user) for row in rows]
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One activity."""
        return self.shown(self.get_object())

    def create(self, request):
        """Log an activity; 200 and the first one where the same has come before."""
        given = self.body()
        customer = Customer(pk=given.pop("customer"))  # the service re-reads it, or answers 404
        number = {"client_uuid": given["client_uuid"]}
        activity, status = self.created(number, tasks.log, customer=customer, **given)
        seen = self.get_queryset().filter(pk=activity.pk).first()
        return self.shown(seen, status) if seen else self.answer(receipt(activity))

    def partial_update(self, request, pk):
        """Correct an activity; the version before is kept."""
        activity, given = self.get_object(), self.body()
        version = self.version(given)
        activities.correct(actor=request.user, activity=activity, values=given, version=version)
        return self.shown(self.get_object())

    @action(detail=True)
    def versions(self, request, pk):
        """What it said at first and after each correction, for who sees the customer."""
        activity = self.get_object()
        if shapes.hears_first(request.user) or not can(
            request.user, Action.CUSTOMER_VIEW, activity.customer
        ):
            raise NotAllowed()
        return self.answer({"versions": shapes.versions(activity)}, [activity.customer_id])

    @action(detail=True, methods=["post"])
    def confirm(self, request, pk):
        """A colleague who came along says that it was so; again does nothing more."""
        activity = self.get_object()
        self.body()
        activities.confirm(actor=request.user, activity=activity)
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"], url_path="next-step")
    def finish(self, request, pk):
        """What was to follow has been done; again does nothing more."""
        activity = self.get_object()
        self.body()
        activities.finish_next_step(actor=request.user, activity=activity)
        return self.shown(self.get_object())

    def shown(self, activity, status=200):
        return self.answer(
            shapes.readable(activity, self.request.user), [activity.customer_id], status
        )


def receipt(activity):
    """What an author is told of an activity whose customer has since moved out of sight."""
    activity.customer = Customer(pk=activity.customer_id)
    activity._prefetched_objects_cache = {"contacts": [], "visitors": []}
    return activity


# -- the timeline of a customer ----------------------------------------------------------------------


class SeatChange(serializers.Serializer):
    """Somebody came into a seat, or left it."""

    seat = serializers.ChoiceField(Seat.choices)
    came = Named(allow_null=True)
    went = Named(allow_null=True)
    by = Named(allow_null=True)
    note = serializers.CharField(allow_blank=True)


class EventShape(serializers.Serializer):
    """One entry: a `visit`, or a change of a `seat`."""

    at = InstantField()
    kind = serializers.ChoiceField(timeline.KINDS)
    visit = VisitShape(source="activity", allow_null=True)
    seat = SeatChange(source="change", allow_null=True)


class TimelineQuery(PageQuery):
    """Which entries."""

    kind = serializers.ChoiceField(timeline.KINDS, required=False)
    person = KeyField(required=False, help_text="A person of ours who took part.")


class TimelineViewSet(ScopedViewSet):
    """What happened with a customer."""

    model = Customer
    ways = {"retrieve": Way(page_of(EventShape), asks=TimelineQuery)}

    def retrieve(self, request, pk):
        """Activities and changes of seats, the latest first."""
        customer, said = self.get_object(), self.said
        if said.get("cursor") and not timeline.read_cursor(said["cursor"]):
            raise bad_cursor()
        page = timeline.page(
            customer, request.user, kind=said.get("kind", ""), who=said.get("person"),
            before=said.get("cursor", ""), most=said["limit"],
        )  # fmt: skip
        for event in page.events:
            event.change = event if event.seat else None
        return self.page(page.events, page.older, [customer.pk])
