"""What must hold before a departure case closes: named gates in one registry.

Later pieces join with

    @gate("documents", _("a document has not been received"))
    def documents(departure):
        return rows of CustomerHandover, of HandoverTask, or [None] for the case as a whole

A gate answers with what does **not** pass, for all customers of a case in one statement. What a
director waived (models.Waiver) is left out by `unmet`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Role
from crm.models import Activity, Change
from crm.selectors.changesets import PENDING
from handover.models import CustomerHandover, HandoverTask, Waiver
from handover.selectors.plan import in_the_seat


@dataclass(frozen=True)
class Gate:
    """One condition: its name, what is wrong while it does not hold, and who does not pass it."""

    name: str
    label: str
    failing: Callable[..., Iterable]


@dataclass(frozen=True)
class Unmet:
    """One thing that keeps a case open; of a customer, of a task, or of the case as a whole."""

    gate: str
    handover: CustomerHandover | None
    task: HandoverTask | None
    text: str

    @property
    def key(self):
        """What a waiver of it is known by."""
        return self.gate, self.handover and self.handover.pk, self.task and self.task.pk

    def get_absolute_url(self):
        """The page of the task or the customer it is about; "" for the case as a whole."""
        subject = self.task or self.handover
        return subject.get_absolute_url() if subject else ""


GATES: dict[str, Gate] = {}


def gate(name, label):
    """Register the decorated function(departure) as a gate. label: what is wrong, in words."""

    def register(function):
        GATES[name] = Gate(name, label, function)
        return function

    return register


def unmet(departure, names=None):
    """What keeps this case from closing, as a list of Unmet: one statement per gate.

    names: only these gates. Says everything, whoever asks: the caller has found the case visible.
    """
    let_go = set(departure.waivers.values_list("gate", "handover", "task"))
    found = [
        one
        for name, known in GATES.items()
        if names is None or name in names
        for one in (said(known, row) for row in known.failing(departure))
        if one.key not in let_go
    ]
    return sorted(found, key=lambda one: one.handover.place if one.handover else 0)


def said(known, row):
    """A row that does not pass a gate, in words."""
    task = row if isinstance(row, HandoverTask) else None
    handover = row if isinstance(row, CustomerHandover) else task and task.handover
    what = str(task) if task else str(known.label)
    if handover:
        what = _("%(customer)s: %(what)s") % {"customer": handover.customer.name, "what": what}
    return Unmet(known.name, handover, task, what)


def customers(departure):
    """The customers of a case with their names."""
    return departure.customers.select_related("customer")


@gate("receiver", gettext_lazy("the receiver has not accepted"))
def not_accepted(departure):
    """Nobody takes the customer, or whoever does has not said so and does not have the seat anyway."""
    said = Q(change__accepted_at__isnull=False, change__state=Change.State.WAITING)
    said &= Q(change__change_set__state__in=PENDING)  # a yes to what came to nothing is none
    taken = (said | Q(change__state=Change.State.APPLIED)) & Q(change__taker=F("successor"))
    safe = departure.customers.filter(taken | in_the_seat(departure))
    return customers(departure).exclude(pk__in=safe.values("pk"))


@gate("told", gettext_lazy("the customer has not been told"))
def not_told(departure):
    return customers(departure).filter(told_at__isnull=True)


@gate("reaction", gettext_lazy("how the customer took it is not known"))
def no_reaction(departure):
    return customers(departure).filter(Q(reaction="") | Q(reaction="unreachable"))


@gate("declined", gettext_lazy("the customer declines the receiver"))
def declines(departure):
    """A customer who said no is not safe, however well all the rest is done."""
    return customers(departure).filter(reaction="declines")


@gate("brief", gettext_lazy("the handover brief has not been accepted"))
def brief_open(departure):
    return customers(departure).exclude(brief=CustomerHandover.Brief.ACCEPTED)


@gate("call", gettext_lazy("the service line has not called"))
def not_called(departure):
    """No call of the service line since the case was opened."""
    calls = Activity.objects.filter(
        Q(proof=Activity.Proof.SERVICE) | Q(author__roles__contains=[Role.SERVICE]),
        customer=OuterRef("customer"), kind=Activity.Kind.CALL,
        happened_at__gte=departure.opened_at or departure.made_at,
    )  # fmt: skip
    return customers(departure).filter(~Exists(calls), called_at__isnull=True)


@gate("tasks", gettext_lazy("a task has not been finished"))
def tasks_open(departure):
    """Blocking tasks that are neither done nor waived."""
    rows = departure.tasks.filter(blocking=True, state__in=HandoverTask.OPEN)
    return rows.select_related("handover__customer", "person")


def waived(departure):
    """What a director let go in a case, with the customers and tasks it is about."""
    rows = Waiver.objects.filter(departure=departure)
    return rows.select_related("by", "handover__customer", "task__handover__customer")
