"""A departure case: who goes when, each customer handed over, each task of the plan."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from handover.scopes import DepartureScope, OwnPartScope
from kit.dates import company_zone, today
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class Departure(models.Model):
    """The case of one person who leaves their post. Its plan is a draft until HR opens the case."""

    class Kind(models.TextChoices):
        RESIGNATION = "resignation", _("Resignation")
        END_OF_CONTRACT = "end_of_contract", _("End of contract")
        DISMISSAL = "dismissal", _("Dismissal")
        RETIREMENT = "retirement", _("Retirement")
        INTERNAL_MOVE = "internal_move", _("Internal move")
        LONG_LEAVE = "long_leave", _("Long leave")
        DEATH_ILLNESS = "death_illness", _("Death or serious illness")

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("departure", "Plan")
        OPEN = "open", pgettext_lazy("departure", "Open")
        CLOSED = "closed", pgettext_lazy("departure", "Closed")
        WITHDRAWN = "withdrawn", pgettext_lazy("departure", "Withdrawn")

    MOVES = {
        State.DRAFT: {State.OPEN, State.WITHDRAWN},
        State.OPEN: {State.CLOSED, State.WITHDRAWN},
        State.CLOSED: {State.OPEN},
        State.WITHDRAWN: set(),
    }
    STAYS = (Kind.INTERNAL_MOVE, Kind.LONG_LEAVE)  # the account stays open after these

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="departures")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    last_day = models.DateField(_("last working day"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    # Until then only the people named see anything of it, and the leaver's rights stay as they are.
    confidential_until = models.DateTimeField(null=True, blank=True)
    named = models.ManyToManyField("accounts.Person", related_name="+", blank=True)
    witness = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    opened_at = models.DateTimeField(null=True)
    # When it was no secret any more: rights narrowed, change sets proposed, people told.
    revealed_at = models.DateTimeField(null=True)
    # The state of who leaves just before that: what a withdrawn case gives back.
    state_before = models.CharField(max_length=10, blank=True)
    closed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    # Would the company rather have kept them, and why they went: said by HR, read by HR.
    regretted = models.BooleanField(null=True)
    regret_reason = models.CharField(max_length=300, blank=True)
    # Of the account managers' seats; those of backups and others, see crm.ChangeSet.
    change_sets = models.ManyToManyField("crm.ChangeSet", related_name="departures", blank=True)
    left_out = models.JSONField(default=list)  # tasks taken out by hand: [CustomerHandover, key]
    # The day of the final pay, where a person decided it, and what gives that day.
    pay_on = models.DateField(null=True, blank=True)
    pay_why = models.CharField(max_length=200, blank=True)
    client_uuid = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    held = {
        "person": Holding(Held.HISTORY, _("Departure cases")),
        "named": Holding(Held.HISTORY, _("Confidential departures known")),
        "witness": Holding(
            Held.TRANSFER, _("Handovers witnessed"), open=Q(state__in=["draft", "open"])
        ),
        "opened_by": Holding(
            Held.TRANSFER, _("Departure cases run"), open=Q(state__in=["draft", "open"])
        ),
        "closed_by": Holding(Held.HISTORY, _("Departure cases closed")),
    }
    scope = DepartureScope()
    objects = ScopedManager()

    class Meta:
        ordering = ["last_day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["draft", "open"]),
                name="one_departure_per_person",
            ),
            models.UniqueConstraint(fields=["opened_by", "client_uuid"], name="departure_once"),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="departure_closed_by",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_secret(self):
        """Whether only those named may know of it at this moment."""
        return self.confidential_until is not None and self.confidential_until > timezone.now()

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:departure", args=[self.pk])


@history()
class CustomerHandover(models.Model):
    """One customer of a case: who takes it, whether the customer knows and how they took it."""

    class Reaction(models.TextChoices):
        WELCOMES = "welcomes", _("Welcomes the change")
        NEUTRAL = "neutral", _("Neutral")
        WANTS_OTHER = "wants_other", _("Wants someone else")
        DECLINES = "declines", _("Declines")
        UNREACHABLE = "unreachable", _("Not reached")

    class Brief(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("brief", "Draft")
        SUBMITTED = "submitted", pgettext_lazy("brief", "Submitted")
        RETURNED = "returned", pgettext_lazy("brief", "Returned")
        ACCEPTED = "accepted", pgettext_lazy("brief", "Accepted")

    BRIEF_MOVES = {
        Brief.DRAFT: {Brief.SUBMITTED},
        Brief.SUBMITTED: {Brief.RETURNED, Brief.ACCEPTED},
        Brief.RETURNED: {Brief.SUBMITTED},
        Brief.ACCEPTED: {Brief.RETURNED},
    }

    departure = models.ForeignKey(Departure, models.PROTECT, related_name="customers")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="handovers")
    # As the plan found them: tier, value of twelve months in the company's currency, and whether
    # nobody else of ours knows the customer. place: the order by value × danger, 1 is the first.
    tier = models.CharField(max_length=1, blank=True)
    value = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    alone = models.BooleanField(default=False)
    place = models.PositiveIntegerField(default=0)
    successor = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.JSONField(default=dict)  # codes and numbers of the proposal, see selectors/plan
    change = models.ForeignKey("crm.Change", models.PROTECT, null=True, related_name="+")
    brief = models.CharField(max_length=10, choices=Brief, default=Brief.DRAFT)
    brief_note = models.CharField(max_length=500, blank=True)  # why it was returned
    told_at = models.DateTimeField(null=True)  # the customer knows who comes
    told_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    reaction = models.CharField(max_length=12, choices=Reaction, blank=True)
    reaction_note = models.CharField(max_length=500, blank=True)
    reaction_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    declined = models.PositiveSmallIntegerField(default=0)  # how often the customer said no
    called_at = models.DateTimeField(null=True)  # the call of the service line
    called_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    # The visit at which both came: each says so for themselves.
    giver_met_at = models.DateTimeField(null=True)
    taker_met_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    held = {
        "successor": Holding(
            Held.TRANSFER, _("Customers to take over"), open=Q(departure__state="open")
        ),
        "told_by": Holding(Held.HISTORY, _("Customers told of a handover")),
        "reaction_by": Holding(Held.HISTORY, _("Reactions of customers noted")),
        "called_by": Holding(Held.HISTORY, _("Calls after handovers")),
    }
    tells = {"customer": Tells(_("Handovers"), words=("brief_note", "reaction_note"))}
    scope = OwnPartScope("departure", handover="pk")
    objects = ScopedManager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["departure", "customer"], name="handover_once")
        ]

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:customer", args=[self.departure_id, self.pk])


# Tasks that are worked on: of an open case, and those of a closed one that come after its last day.
RUNNING = Q(departure__state="open") | Q(
    departure__state="closed", due_on__gt=F("departure__last_day")
)


@history()
class HandoverTask(models.Model):
    """One task of a case, of the whole case or of one customer; copied from the template once."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        IN_PROGRESS = "in_progress", _("In progress")
        PROBLEM = "problem", _("There is a problem")
        DONE = "done", _("Completed")
        WAIVED = "waived", _("Waived")

    OPEN = (State.NOT_STARTED, State.IN_PROGRESS, State.PROBLEM)
    MOVES = {
        State.NOT_STARTED: {State.IN_PROGRESS, State.PROBLEM, State.DONE, State.WAIVED},
        State.IN_PROGRESS: {State.PROBLEM, State.DONE, State.WAIVED},
        State.PROBLEM: {State.IN_PROGRESS, State.DONE, State.WAIVED},
        State.DONE: {State.IN_PROGRESS},
        State.WAIVED: {State.IN_PROGRESS},
    }

    departure = models.ForeignKey(Departure, models.PROTECT, related_name="tasks")
    handover = models.ForeignKey(
        CustomerHandover, models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    key = models.CharField(max_length=40)  # of the library in the content "departure"
    step = models.PositiveSmallIntegerField()  # 1 to 7
    title = models.CharField(max_length=200)
    title_zh = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=300, blank=True)  # what shows that it is done
    evidence_zh = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)
    note_zh = models.CharField(max_length=500, blank=True)
    who = models.CharField(max_length=20)  # leaver, successor, supervisor, hr, finance, …
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="handover_tasks"
    )
    due_on = models.DateField()
    fits = models.BooleanField(default=True)  # False: the notice is too short for it
    blocking = models.BooleanField(default=False)
    by_hand = models.JSONField(default=list)  # fields that HR chose in the plan: person, due_on
    state = models.CharField(max_length=12, choices=State, default=State.NOT_STARTED)
    proof = models.CharField(max_length=500, blank=True)  # what was done, or what the problem is
    activity = models.ForeignKey("crm.Activity", models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)  # done or waived
    closed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    touched_at = models.DateTimeField(null=True)
    # Later than the opening of the case: it was added. Null: from before this was kept.
    made_at = models.DateTimeField(null=True, db_default=Now())
    version = models.PositiveIntegerField(default=1)

    held = {
        "person": Holding(
            Held.TRANSFER,
            _("Handover tasks"),
            open=Q(state__in=["not_started", "in_progress", "problem"]) & RUNNING,
        ),
        "closed_by": Holding(Held.HISTORY, _("Handover tasks finished")),
    }
    tells = {
        "handover__customer": Tells(
            _("Handover tasks"), words=("title", "title_zh", "note", "note_zh", "proof")
        )
    }
    scope = OwnPartScope("departure", task="pk")
    objects = ScopedManager()

    class Meta:
        ordering = ["step", "due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "handover", "key"],
                nulls_distinct=False,
                name="handover_task_once",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="handover_task_closed_by",
            ),
            models.CheckConstraint(
                condition=Q(step__gte=1, step__lte=7), name="handover_task_step"
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "due_on"],
                condition=Q(state__in=["not_started", "in_progress", "problem"]),
                name="handover_task_open",
            )
        ]

    def __str__(self):
        return self.said("title")

    @property
    def evidence_shown(self):
        """What shows that it is done, in the reader's language."""
        return self.said("evidence")

    @property
    def note_shown(self):
        """What the template says besides, in the reader's language."""
        return self.said("note")

    def said(self, name):
        """One of its texts in the reader's language, in English where it has no other."""
        chinese = (get_language() or "").startswith("zh")
        return (getattr(self, f"{name}_zh") if chinese else "") or getattr(self, name)

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def is_running(self):
        """Whether it is worked on, as RUNNING says."""
        case = self.departure
        later = case.state == Departure.State.CLOSED and self.due_on > case.last_day
        return later or case.state == Departure.State.OPEN

    @property
    def is_overdue(self):
        """Open, and its day has passed in the company's zone."""
        return self.is_open and self.due_on < today(company_zone())

    def get_absolute_url(self):
        from django.urls import reverse

        return reverse("handover:task", args=[self.departure_id, self.pk])
