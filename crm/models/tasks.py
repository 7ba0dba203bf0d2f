"""What somebody is to do for a customer by a day: to-dos, and visits, calls, meetings that are planned."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import Action
from crm.scopes import TaskScope
from kit.dates import company_zone, today
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedQuerySet
from kit.subjects import Tells

OPEN = Q(state="open")


class TaskQuerySet(ScopedQuerySet):
    """Tasks by what is still to be done."""

    def open(self):
        return self.filter(OPEN)

    def closed(self):
        return self.exclude(OPEN)

    def overdue(self, day=None):
        """Open tasks whose day has passed, by today in the company's zone."""
        return self.open().filter(due_on__lt=day or today(company_zone()))


@history(exclude=["client_uuid", "client_digest"])
class Task(models.Model):
    """One task. It belongs to the customer; while it is open it follows whoever answers there."""

    class Kind(models.TextChoices):
        TO_DO = "todo", _("To do")
        VISIT = "visit", _("Planned visit")
        CALL = "call", _("Planned call")
        MEETING = "meeting", _("Planned online meeting")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "Open")
        DONE = "done", pgettext_lazy("task", "Done")
        DROPPED = "dropped", pgettext_lazy("task", "Dropped")

    MOVES = {
        State.OPEN: {State.DONE, State.DROPPED},
        State.DONE: {State.OPEN},
        State.DROPPED: {State.OPEN},
    }

    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="tasks")
    contact = models.ForeignKey(
        "crm.Contact", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TO_DO)
    title = models.CharField(_("what to do"), max_length=200)
    note = models.TextField(_("note"), max_length=2_000, blank=True)
    due_on = models.DateField(_("due on"))
    # Of what has an hour; `due_on` is then its day in the company's zone.
    starts_at = models.DateTimeField(_("at"), null=True, blank=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="tasks")
    first_person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    # When and by whom it was closed: done or dropped.
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.TextField(_("outcome"), max_length=2_000, blank=True)
    # The visit or call by which it was done.
    activity = models.ForeignKey(
        "crm.Activity", models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    version = models.PositiveIntegerField(default=1)
    # Made by the sender, with the SHA-256 of what came with it first: sent twice, it is one row.
    client_uuid = models.UUIDField(null=True, editable=False)
    client_digest = models.CharField(max_length=64, default="", editable=False)

    held = {
        "person": Holding(
            Held.TRANSFER,
            _("Tasks"),
            open=OPEN,
            page="crm:tasks",
            by="person",
            action=Action.CUSTOMER_VIEW,
        ),
        "first_person": Holding(Held.HISTORY, _("Tasks they had at first")),
        "made_by": Holding(Held.HISTORY, _("Tasks planned")),
        "done_by": Holding(Held.HISTORY, _("Tasks finished")),
    }
    tells = {
        "customer": Tells(_("Tasks"), words=("title", "note", "outcome")),
        "contact": Tells(_("Tasks")),
    }
    scope = TaskScope("customer")
    objects = models.Manager.from_queryset(TaskQuerySet)()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(
                fields=["person", "due_on", "id"], condition=OPEN, name="task_open_person"
            ),
            models.Index(fields=["customer", "due_on", "id"], condition=OPEN, name="task_open_at"),
            models.Index(fields=["customer", "-done_at"], condition=~OPEN, name="task_closed_at"),
            models.Index(fields=["-done_at", "-id"], condition=~OPEN, name="task_closed"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["made_by", "client_uuid"], name="task_sent_once"),
            models.CheckConstraint(
                condition=Q(state="open", done_at__isnull=True, done_by__isnull=True)
                | ~Q(state="open") & Q(done_at__isnull=False, done_by__isnull=False),
                name="task_closed_by",
            ),
            models.CheckConstraint(
                condition=~Q(kind="todo") | Q(starts_at__isnull=True), name="task_hour_of_a_plan"
            ),
            models.CheckConstraint(
                condition=Q(activity__isnull=True) | Q(state="done"), name="task_done_by_activity"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="task_has_title"),
        ]
        triggers = [pgtrigger.Protect(name="task_kept", operation=pgtrigger.Delete)]

    def __str__(self):
        return self.title

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    @property
    def is_overdue(self):
        """Open, and its day has passed in the company's zone."""
        return self.is_open and self.due_on < today(company_zone())

    @property
    def came_from(self):
        """Who had it at first, if that is somebody else now."""
        return self.first_person if self.first_person_id != self.person_id else None

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("crm:task", args=[self.pk])
