"""A departure plan as it is read: problems first, dates, lanes, customers, who is needed."""

from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Q

from accounts.models import Person
from accounts.selectors.content import content, said
from accounts.selectors.holdings import held_by
from handover.models import Departure
from handover.selectors import cases, final_pay, other_seats, plan, plan_dates, plan_problems
from kit.registry import Held

SEATS = "crm.Assignment.person"


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
    other_seats: list  # Kinds of seats
    held: list  # Lines of the registry
    days_left: int
    pay: final_pay.Pay | None
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
    pay = final_pay.of(departure)
    takers = sorted(takers, key=lambda one: (-counts[one.pk], one.sort_key))
    return Page(
        departure, rows.count(), plan_problems.of(viewer, departure, takers, counts, pay), lanes,
        plan_dates.of(departure, {lane.number: lane.label for lane in lanes}), [(one, one.n) for one in people.order_by("-n", "sort_key")],
        [(one, counts[one.pk]) for one in takers],
        other_seats.kinds(departure), held(departure.person, viewer), cases.days_left(departure), pay,
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


# -- customers -------------------------------------------------------------------------------------
def customers(departure, page=0, only=""):
    """(rows of one page in their order, how many there are). only: nobody, alone, or dead ones."""
    rows = departure.customers.select_related("customer", "successor", "change__change_set")
    narrowed = {
        "nobody": Q(successor=None),
        "alone": Q(alone=True),
        "dead": plan.came_to_nothing(departure),
    }
    rows = rows.filter(narrowed.get(only, Q()))
    shown = list(rows[page * plan.ROWS : (page + 1) * plan.ROWS])
    for row in shown:
        row.band = plan.band(row.value)
        row.words = plan.why_words(row.why)
    return shown, rows.count()
