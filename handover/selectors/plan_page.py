"""A departure plan as it is read: problems first, dates, lanes, customers, who is needed."""

from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.selectors.content import content, said
from accounts.selectors.holdings import held_by
from crm.models import Change, ChangeSet
from handover.models import Departure, HandoverTask
from handover.selectors import cases, plan, plan_dates, successors
from kit.registry import Held
from kit.templatetags.words import grouped, shown_name

WHY = {
    "backup": _lazy("backup of this customer"), "knows": _lazy("known to the customer"),
    "region": _lazy("looks after the region"), "team": _lazy("same team"),
    "room": _lazy("has room"), "chosen": _lazy("chosen by hand"),
    "nobody": _lazy("nobody fits who has room"),
}  # fmt: skip
UNFIT = {
    "on_notice": _lazy("%(person)s is on notice."), "frozen": _lazy("%(person)s is frozen."),
    "left": _lazy("%(person)s has left."), "away": _lazy("%(person)s is away on the last day."),
    "leaves": _lazy("%(person)s leaves too."),
}  # fmt: skip
DEAD = ("refused", "cancelled", "stopped")
SEATS = "crm.Assignment.person"
ROWS = 50  # customers of one page


@dataclass
class Problem:
    """What is wrong with a plan: a sentence, and how many customers or tasks it is about."""

    code: str
    text: str
    count: int = 0


@dataclass
class Lane:
    """One of the seven steps: how many tasks, from when to when, how many do not fit."""

    number: int
    label: str
    count: int = 0
    first: object = None
    last: object = None
    unfit: int = 0
    tasks: list = field(default_factory=list)  # of the case as a whole


@dataclass
class Page:
    """Everything of a plan but its customers."""

    departure: Departure
    customers: int
    problems: list
    lanes: list
    line: plan_dates.Line
    people: list  # (Person, tasks)
    takers: list  # (Person, customers)
    other_seats: list  # (Seat, customers)
    held: list  # Lines of the registry
    days_left: int
    change_sets: list = field(default_factory=list)


def page(viewer, departure):
    """The Page of a plan for whoever runs it; about ten statements, however many customers."""
    rows = departure.customers
    lanes = lanes_of(departure)
    people = Person.objects.filter(handover_tasks__departure=departure)
    people = people.annotate(
        n=Count("handover_tasks", filter=Q(handover_tasks__departure=departure))
    )
    takers = Person.objects.filter(pk__in=rows.exclude(successor=None).values("successor"))
    counts = dict(
        rows.exclude(successor=None).order_by().values_list("successor").annotate(Count("pk"))
    )
    takers = sorted(takers, key=lambda one: (-counts[one.pk], one.sort_key))
    return Page(
        departure, rows.count(), problems(viewer, departure, takers, counts), lanes,
        plan_dates.of(departure, {lane.number: lane.label for lane in lanes}), [(one, one.n) for one in people.order_by("-n", "sort_key")],
        [(one, counts[one.pk]) for one in takers],
        [(seat, len(found)) for seat, found in plan.other_seats(departure.person).items()],
        held(departure.person, viewer), cases.days_left(departure),
        list(departure.change_sets.select_related("decided_by").order_by("pk")),
    )  # fmt: skip


def lanes_of(departure):
    """A Lane of each step that has tasks."""
    labels = {one["number"]: said(one["label"]) for one in content("departure")["steps"]}
    found = departure.tasks.order_by("step").values("step").annotate(
        count=Count("pk"), first=Min("due_on"), last=Max("due_on"), unfit=Count("pk", filter=Q(fits=False))
    )  # fmt: skip
    whole = {}
    for task in departure.tasks.filter(handover=None).select_related("person"):
        whole.setdefault(task.step, []).append(task)
    return [Lane(row["step"], labels.get(row["step"], ""), row["count"], row["first"], row["last"],
                 row["unfit"], whole.get(row["step"], [])) for row in found]  # fmt: skip


def held(person, viewer):
    """What else a person holds that somebody has to take or end: Lines of the registry with rows.

    Seats at customers stand one by one in the plan.
    """
    return [line for line in held_by(person, viewer)
            if line.open and line.becomes in (Held.TRANSFER, Held.CLOSE)
            and line.relation != SEATS]  # fmt: skip


# -- problems --------------------------------------------------------------------------------------
def problems(viewer, departure, takers, counts):
    """What is wrong with a plan, the worst first."""
    found = list(of_customers(departure)) + list(of_takers(viewer, departure, takers, counts))
    unfit = departure.tasks.filter(fits=False).count()
    if unfit:
        text = ngettext("%(count)s task does not fit before the last day.",
                        "%(count)s tasks do not fit before the last day.", unfit)  # fmt: skip
        found.append(Problem("unfit", text % {"count": grouped(unfit)}, unfit))
    nobody = departure.tasks.filter(person=None, state__in=HandoverTask.OPEN).exclude(
        who="successor"
    )
    if count := nobody.count():
        text = ngettext("%(count)s task has nobody to do it.", "%(count)s tasks have nobody to do them.",
                        count)  # fmt: skip
        found.append(Problem("no_doer", text % {"count": grouped(count)}, count))
    return found


def of_customers(departure):
    """Customers without a successor, and those whose proposal came to nothing."""
    count = departure.customers.filter(successor=None).count()
    if count:
        text = ngettext("%(count)s customer has no suitable successor.",
                        "%(count)s customers have no suitable successor.", count)  # fmt: skip
        yield Problem("no_successor", text % {"count": grouped(count)}, count)
    if departure.revealed_at:
        count = departure.customers.filter(came_to_nothing()).count()
        if count:
            text = ngettext("The proposal for %(count)s customer came to nothing. Choose again.",
                            "The proposals for %(count)s customers came to nothing. Choose again.",
                            count)  # fmt: skip
            yield Problem("dead", text % {"count": grouped(count)}, count)


def came_to_nothing():
    """The condition of customers of a known case whose change of seats is not on its way any more."""
    row, whole = Change.State, ChangeSet.State
    gone = Q(change__state__in=[row.LEFT_OUT, row.DECLINED, row.FAILED, row.UNDONE])
    dead = Q(change__change_set__state__in=[whole.REFUSED, whole.CANCELLED, whole.STOPPED])
    return Q(successor__isnull=False) & (Q(change=None) | gone | dead)


def of_takers(viewer, departure, takers, counts):
    """Successors who cannot take over any more; of a secret leaver only who may know is told."""
    ids = [one.pk for one in takers]
    wrong = dict.fromkeys(successors.leavers(viewer) & set(ids), "leaves")
    wrong |= successors.unfit(ids, plan.ends_at(departure))
    for one in takers:
        if one.pk in wrong:
            text = str(UNFIT[wrong[one.pk]]) % {"person": shown_name(one)}
            yield Problem(f"taker {one.pk}", text, counts[one.pk])


# -- customers -------------------------------------------------------------------------------------
def customers(departure, page=0, only=""):
    """(rows of one page in their order, how many there are). only: nobody, alone, or dead ones."""
    rows = departure.customers.select_related("customer", "successor", "change__change_set")
    narrowed = {"nobody": Q(successor=None), "alone": Q(alone=True), "dead": came_to_nothing()}
    rows = rows.filter(narrowed.get(only, Q()))
    shown = list(rows[page * ROWS : (page + 1) * ROWS])
    for row in shown:
        row.band = plan.band(row.value)
        row.words = why_words(row.why)
    return shown, rows.count()


def why_words(why):
    """The reason of a proposal, with the load after it."""
    words = [str(WHY[code]) for code in why.get("codes") or [why.get("code")] if code in WHY]
    if why.get("after"):
        load = {"after": why["after"], "limit": why["limit"]}
        words.append(_("%(after)s of %(limit)s points after") % load)
    return " · ".join(words)
