"""Tasks of departure cases: what somebody is to do for a handover by a day."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.selectors.people import directory
from crm.models import Activity
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import added_tasks as added
from handover.selectors import handover_tasks as selectors
from handover.services import added_tasks
from handover.services import handover_tasks as tasks
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import (
    Body,
    InstantField,
    KeyField,
    Named,
    PageQuery,
    SeveralField,
    VisibleField,
    page_of,
    sent_once,
)


class HandoverTaskShape(serializers.Serializer):
    """A task of a case. Its customer is a name; who may not open it finds no more here either."""

    id = serializers.IntegerField()
    departure = serializers.IntegerField(source="departure_id")
    leaver = Named(source="departure.person")
    handover = serializers.IntegerField(source="handover_id", allow_null=True)
    customer = Named(source="handover.customer", allow_null=True, default=None)
    key = serializers.CharField()
    step = serializers.IntegerField()
    title = serializers.CharField(source="__str__")
    person = Named(allow_null=True, help_text="Who is to do it.")
    due_on = serializers.DateField()
    is_overdue = serializers.BooleanField()
    fits = serializers.BooleanField(help_text="Whether the notice is long enough for it.")
    blocking = serializers.BooleanField(help_text="The case does not close without it.")
    state = serializers.ChoiceField(HandoverTask.State.choices)
    activity = serializers.IntegerField(source="activity_id", allow_null=True)
    closed_at = InstantField(allow_null=True)
    closed_by = Named(allow_null=True)
    made_at = InstantField(allow_null=True, help_text="After the opening of the case: added.")
    version = serializers.IntegerField()


class HandoverTaskQuery(PageQuery):
    """Which tasks, by their day. Repeat `state` for any of several."""

    departure = KeyField(required=False)
    handover = KeyField(required=False)
    person = KeyField(required=False, help_text="Who is to do it.")
    state = SeveralField(child=serializers.ChoiceField(HandoverTask.State.choices), required=False)


class Proof(Body):
    """What shows that it is done."""

    proof = serializers.CharField(max_length=500, required=False, allow_blank=True)
    activity = VisibleField(
        queryset=Activity.objects.all(), required=False, allow_null=True,
        help_text="The visit or call that shows it.",
    )  # fmt: skip


class Problem(Body):
    """What is in the way."""

    problem = serializers.CharField(max_length=500)


class Doer(Body):
    """Who does it from now on."""

    person = VisibleField(queryset=directory())


class AddedTask(Body):
    """A task that no template foresaw, in an open case."""

    departure = VisibleField(queryset=Departure.objects.all())
    title = serializers.CharField(max_length=200)
    person = VisibleField(queryset=directory(), help_text="Who is to do it.")
    due_on = serializers.DateField()
    handover = VisibleField(
        queryset=CustomerHandover.objects.all(), required=False, allow_null=True,
        help_text="The customer of the case that it is about.",
    )  # fmt: skip
    step = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=7,
        help_text="1 to 7 without the signatures; default by customer and day.",
    )  # fmt: skip
    client_uuid = sent_once("a task")


class HandoverTaskViewSet(ScopedViewSet):
    """The tasks of cases, as far as one sees them."""

    model = HandoverTask
    ways = {
        "list": Way(page_of(HandoverTaskShape), asks=HandoverTaskQuery),
        "retrieve": Way(HandoverTaskShape),
        "create": Way(HandoverTaskShape, takes=AddedTask, statuses=(200, 201)),
        "start": Way(HandoverTaskShape, takes=Body),
        "finish": Way(HandoverTaskShape, takes=Proof),
        "problem": Way(HandoverTaskShape, takes=Problem),
        "give": Way(HandoverTaskShape, takes=Doer),
        "reopen": Way(HandoverTaskShape, takes=Body),
    }

    def rows(self):
        return selectors.with_people()

    def list(self, request):
        """Tasks by the day on which they are due."""
        lookups = {"departure": "departure", "handover": "handover", "person": "person",
                   "state": "state__in"}  # fmt: skip
        wanted = {lookup: self.said[name] for name, lookup in lookups.items() if name in self.said}
        rows, following = keyset(self.get_queryset().filter(**wanted), ("due_on", "pk"), self.said)
        about = {row.handover.customer_id for row in rows if row.handover}
        return self.page(rows, following, about)

    def retrieve(self, request, pk):
        """One task."""
        return self.shown(self.get_object())

    def create(self, request):
        """Add a task to an open case; 200 and the first one where the same has come before."""
        given = self.body()
        uuid = given.get("client_uuid")
        same = uuid and {"departure": given["departure"], "key": added.key_of(uuid)}
        task, status = self.created(same or None, added_tasks.add, **given)
        return self.shown(self.rows().get(pk=task.pk), status)

    @action(detail=True, methods=["post"])
    def start(self, request, pk):
        """It has been begun; again does nothing more."""
        return self.act(tasks.start)

    @action(detail=True, methods=["post"])
    def finish(self, request, pk):
        """It is done, with what shows it; again does nothing more."""
        return self.act(tasks.finish)

    @action(detail=True, methods=["post"])
    def problem(self, request, pk):
        """Something is in the way."""
        return self.act(tasks.report)

    @action(detail=True, methods=["post"])
    def give(self, request, pk):
        """Somebody else does it."""
        return self.act(tasks.give)

    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        """It is to be done after all."""
        return self.act(tasks.reopen)

    def act(self, verb):
        task, given = self.get_object(), self.body()
        verb(actor=self.request.user, task=task, **given)
        return self.shown(self.get_object())

    def shown(self, task, status=200):
        return self.answer(task, [task.handover.customer_id] if task.handover else [], status)
