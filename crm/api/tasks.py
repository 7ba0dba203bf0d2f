"""Tasks: what somebody is to do for a customer by a day."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.selectors.people import directory
from crm.models import Contact, Customer, Task
from crm.selectors import tasks as selectors
from crm.services import tasks
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
    column,
    page_of,
    sent_once,
)


class TaskShape(serializers.Serializer):
    """A task, as far as the asker may read it."""

    id = serializers.IntegerField()
    customer = Named()
    contact = Named(allow_null=True)
    kind = serializers.ChoiceField(Task.Kind.choices)
    title = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField()
    starts_at = InstantField(allow_null=True)
    is_overdue = serializers.BooleanField()
    person = Named(help_text="Who is to do it.")
    first_person = Named(help_text="Who had it at first.")
    made_by = Named()
    made_at = InstantField()
    state = serializers.ChoiceField(Task.State.choices)
    done_at = InstantField(allow_null=True, help_text="When it was closed: done or dropped.")
    done_by = Named(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)
    activity = serializers.IntegerField(
        source="activity_id", allow_null=True, help_text="The activity by which it was done."
    )
    version = serializers.IntegerField()


class TaskQuery(PageQuery):
    """Which tasks, by their day. Repeat `state` for any of several."""

    customer = KeyField(required=False)
    person = KeyField(required=False, help_text="Who is to do it.")
    kind = serializers.ChoiceField(Task.Kind.choices, required=False)
    state = SeveralField(child=serializers.ChoiceField(Task.State.choices), required=False)
    due_since = serializers.DateField(required=False, help_text="Due on this day or later.")
    due_until = serializers.DateField(required=False, help_text="Due on this day or earlier.")


class Wanted(Body):
    """What can be said of a task."""

    kind = column(Task, "kind")
    title = column(Task, "title")
    note = column(Task, "note")
    due_on = serializers.DateField(required=False, help_text="Not needed with `starts_at`.")
    starts_at = InstantField(
        required=False, allow_null=True, help_text="Makes the day; of all kinds but `todo`."
    )
    contact = VisibleField(queryset=Contact.objects.all(), required=False, allow_null=True)


class NewTask(Wanted):
    """A new task."""

    customer = KeyField()
    person = VisibleField(
        queryset=directory(), required=False, help_text="Who is to do it; else the asker."
    )
    client_uuid = sent_once("a task")


class ChangedTask(Wanted):
    """Only the fields that change."""

    version = serializers.IntegerField(required=False, min_value=0, help_text="As it was seen.")


class Outcome(Body):
    """What came of it."""

    outcome = column(Task, "outcome")


class Why(Body):
    """Why it will not be done."""

    why = serializers.CharField(max_length=2_000)


class Taker(Body):
    """Who is to do it from now on."""

    person = VisibleField(queryset=directory())


class TaskViewSet(ScopedViewSet):
    """The tasks at the customers one sees."""

    model = Task
    ways = {
        "list": Way(page_of(TaskShape), asks=TaskQuery),
        "retrieve": Way(TaskShape),
        "create": Way(TaskShape, takes=NewTask, statuses=(200, 201)),
        "partial_update": Way(TaskShape, takes=ChangedTask, versioned=True),
        "finish": Way(TaskShape, takes=Outcome),
        "drop": Way(TaskShape, takes=Why),
        "give": Way(TaskShape, takes=Taker),
        "reopen": Way(TaskShape, takes=Body),
    }

    def rows(self):
        return selectors.with_people()

    def list(self, request):
        """Tasks by the day on which they are due."""
        lookups = {
            "customer": "customer", "person": "person", "kind": "kind", "state": "state__in",
            "due_since": "due_on__gte", "due_until": "due_on__lte",
        }  # fmt: skip
        wanted = {lookup: self.said[name] for name, lookup in lookups.items() if name in self.said}
        rows, following = keyset(self.get_queryset().filter(**wanted), ("due_on", "pk"), self.said)
        rows = [selectors.readable(row, request.user) for row in rows]
        return self.page(rows, following, [row.customer_id for row in rows])

    def retrieve(self, request, pk):
        """One task."""
        return self.shown(self.get_object())

    def create(self, request):
        """Plan a task; 200 and the first one where the same has come before."""
        given = self.body()
        customer = Customer(pk=given.pop("customer"))  # the service re-reads it, or answers 404
        person, uuid = given.pop("person", None), given.pop("client_uuid", None)
        task, status = self.created(
            uuid and {"made_by": request.user, "client_uuid": uuid}, tasks.plan,
            customer=customer, values=given, person=person, client_uuid=uuid,
        )  # fmt: skip
        return self.shown(self.get_object(pk=task.pk), status)

    def partial_update(self, request, pk):
        """Change an open task."""
        task, given = self.get_object(), self.body()
        version = self.version(given)
        tasks.change(actor=request.user, task=task, values=given, version=version)
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def finish(self, request, pk):
        """It has been done; again does nothing more."""
        task, given = self.get_object(), self.body()
        tasks.finish(actor=request.user, task=task, **given)
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def drop(self, request, pk):
        """It will not be done; again does nothing more."""
        task, given = self.get_object(), self.body()
        tasks.drop(actor=request.user, task=task, why=given["why"])
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def give(self, request, pk):
        """Somebody else is to do it: who can see the customer, and is here."""
        task, given = self.get_object(), self.body()
        tasks.give(actor=request.user, customer=task.customer, task=task, person=given["person"])
        return self.shown(self.get_object())

    @action(detail=True, methods=["post"])
    def reopen(self, request, pk):
        """It is to be done after all."""
        task = self.get_object()
        self.body()
        tasks.reopen(actor=request.user, customer=task.customer, task=task)
        return self.shown(self.get_object())

    def shown(self, task, status=200):
        return self.answer(selectors.readable(task, self.request.user), [task.customer_id], status)
