"""The templates of departures as they are read and edited, and what one would create."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.selectors.content import content, said
from handover.models import CustomerHandover, Departure
from handover.selectors import plan, plan_tasks, successors

CASE = "case"
GROUPS = (CASE, "A", "B", "C")
WHO = {
    "leaver": pgettext_lazy("handover", "Leaver"), "successor": pgettext_lazy("handover", "Successor"),
    "supervisor": _("Supervisor"), "hr": _("HR"), "finance": _("Finance"), "it": _("IT"),
    "legal": _("Legal"), "sales_head": _("Head of sales"),
    "service_specialist": _("Service specialist"),
}  # fmt: skip


@dataclass
class Row:
    """One row of a template with the task of the library that it names."""

    key: str
    title: str
    evidence: str
    step: int
    who: str
    offset: int
    blocking: bool
    immediate: bool
    organisations: bool

    @property
    def before(self):
        """Working days before the last day."""
        return -self.offset

    @property
    def who_words(self):
        return WHO.get(self.who, self.who)


def kinds():
    """(id, label) of each template, in order; "rotation" is no departure and is edited here too."""
    return [(one["id"], said(one["label"])) for one in content("departure")["templates"]]


def library(body=None):
    """Task id → task of the library."""
    return {one["id"]: one for one in (body or content("departure"))["tasks"]}


def rows_of(body, kind, group):
    """The rows of a template for the case or a tier, as they stand in the document; None: unknown."""
    found = next((one for one in body["templates"] if one["id"] == kind), None)
    if found is None or group not in GROUPS:
        return None
    return found["case_tasks"] if group == CASE else found["customer_tasks"][group]


def listed(kind, group):
    """The Rows of a template by step and day; None where there is no such template."""
    body, tasks = content("departure"), library()
    rows = rows_of(body, kind, group)
    if rows is None:
        return None
    found = [row_of(row, tasks[row["task"]]) for row in rows]
    return sorted(found, key=lambda row: (row.step, row.offset))


def row_of(row, task):
    return Row(
        row["task"], said(task["title"]), said(task["evidence"]), task["step"],
        row.get("who") or task["who"], row["offset_working_days"],
        row.get("blocking", task["blocking"]), bool(row.get("immediate")), "applies_to" in row,
    )  # fmt: skip


def addable(kind, group):
    """(id, title) of tasks of the library that a template does not have yet."""
    there = {row.key for row in listed(kind, group)}
    per = CASE if group == CASE else "customer"
    return [(key, said(task["title"])) for key, task in library().items()
            if task["per"] == per and key not in there]  # fmt: skip


@dataclass
class Trial:
    """What a template would create for somebody: nothing of it is written."""

    departure: Departure
    customers: int
    without: int  # customers with no suitable successor
    tasks: list  # of the case
    steps: list  # (step, label, how many)
    people: list  # (Person, how many)
    unfit: int


def trial(viewer, person, kind, last_day):
    """The Trial of a template with a person and a last day."""
    departure = Departure(person=person, kind=kind, last_day=last_day, opened_by=viewer)
    planned = successors.propose(person, plan.customers_of(person), at=plan.ends_at(departure),
                                 without=successors.leavers(viewer))  # fmt: skip
    rows = [
        CustomerHandover(departure=departure, customer=one.customer, tier=one.customer.tier,
                         successor=one.successor, place=place)
        for place, one in enumerate(planned, 1)
    ]  # fmt: skip
    tasks = plan_tasks.tasks(departure, rows)
    labels = {one["number"]: said(one["label"]) for one in content("departure")["steps"]}
    counts = sorted(Counter(task.step for task in tasks).items())
    return Trial(
        departure, len(rows), sum(row.successor is None for row in rows),
        [task for task in tasks if task.handover is None],
        [(step, labels.get(step, ""), count) for step, count in counts],
        plan_tasks.by_person(tasks), sum(not task.fits for task in tasks),
    )  # fmt: skip
