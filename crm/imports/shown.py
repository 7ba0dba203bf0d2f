"""What a reader may see of an import: counts and reasons always, values only of a file of one's own,
links only to what one sees anyway."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from accounts.access import Role
from accounts.models import Person
from crm.imports import reasons
from crm.imports.result import INCOMPLETE
from crm.imports.run import MODELS
from crm.models import Contact, Customer, Import, ImportRow
from crm.services import imports
from kit.clock import database_now
from kit.models import Job

State, Outcome, Kind = Import.State, ImportRow.Outcome, Import.Kind
WORKING = (State.CHECKING, State.RUNNING, State.UNDOING)
EXAMPLES = 3
PAGE = 50
# The customer of a row of ours, seen from its model.
CUSTOMER = {
    Kind.CUSTOMERS: "pk", Kind.RELATIONS: "customer", Kind.SEATS: "customer",
    Kind.ACTIVITIES: "customer", Kind.ORDERS: "customer", Kind.ORDER_LINES: "order__customer",
    Kind.PAYMENTS: "customer",
}  # fmt: skip
NAMED = {Kind.CONTACTS: Contact, Kind.EMPLOYEES: Person}


@dataclass
class Group:
    """Rows of which the same is said. `stops`: they stop the import; `left`: they are only left out."""

    text: str
    count: int = 0
    stops: bool = False
    left: bool = False
    examples: list = field(default_factory=list)  # (row number, what the cell says or "")


@dataclass
class Line:
    """One row of the file for a reader. `name`, `url` and `customer` where one sees what it became."""

    number: int
    outcome: str
    label: str
    said: list
    name: str = ""
    url: str = ""
    customer: int | None = None


def is_own(reader, imported):
    """Whether the values of the file may be shown: to who brought it, as long as they are kept."""
    return imported.made_by_id == reader.pk


def sources(reader):
    """The systems from which files came before, as far as the reader sees their imports."""
    seen = Import.objects.visible_to(reader).order_by("source")
    return list(seen.values_list("source", flat=True).distinct()[:100])


def maker(imported):
    """Who brought the file; None is the company."""
    return None if Role.SYSTEM in imported.made_by.roles else imported.made_by


def stopped(imported):
    """Whether its job was stopped by a fault or by lost rights."""
    ended = (Job.State.FAILED, Job.State.CANCELLED)
    return imported.state in WORKING and imported.job is not None and imported.job.state in ended


def is_working(imported):
    return imported.state in WORKING and not stopped(imported)


def may_undo(imported):
    """Whether there is something to take back, and still time."""
    if imported.state == State.RUNNING:
        return stopped(imported)
    over = imported.undo_until is None or imported.undo_until <= database_now()
    return imported.state == State.DONE and not over


def minutes_left(imported):
    """About how long the job still takes, from what it did so far; None before that is known."""
    job = imported.job
    if job is None or not job.done or job.total <= job.done:
        return None
    spent = (database_now() - job.created_at).total_seconds()
    return max(1, round(spent / job.done * (job.total - job.done) / 60))


# -- grouped ------------------------------------------------------------------------------------
def refused_groups(reader, imported):
    """The faults of the refused rows by kind, the most frequent first; those that stop stand on top."""
    rows = imported.rows.filter(outcome=Outcome.REFUSED)
    found = grouped(reader, imported, rows)
    return sorted(found, key=lambda group: (not group.stops, -group.count))


def remark_groups(reader, imported):
    """What is said of rows that were taken, by kind."""
    rows = imported.rows.exclude(outcome=Outcome.REFUSED).exclude(remarks=[])
    return sorted(grouped(reader, imported, rows), key=lambda group: -group.count)


def grouped(reader, imported, rows):
    """Groups of equal reasons in these rows, with the first examples."""
    numbers, first = defaultdict(list), {}
    for number, told in rows.order_by("number").values_list("number", "remarks"):
        for one in told:
            sign = (one["code"], one.get("column", ""))
            first.setdefault(sign, one)
            numbers[sign].append(number)
    wanted = {number for several in numbers.values() for number in several[:EXAMPLES]}
    cells = cells_by_number(reader, imported, wanted)
    return [
        Group(
            text=title(one, imported.kind), count=len(numbers[sign]),
            stops=sign[0] not in INCOMPLETE, left=sign[0] in INCOMPLETE,
            examples=[(number, cells.get(number, {}).get(sign[1], "")[: reasons.SHOWN])
                      for number in numbers[sign][:EXAMPLES]],
        )
        for sign, one in first.items()
    ]  # fmt: skip


def title(told, kind):
    """What all rows of a group have in common."""
    if told["code"] == "same_name":
        return _("Another row has the same name, and nothing tells them apart.")
    return reasons.sentence(told, {}, kind)


def cells_by_number(reader, imported, numbers):
    """row number → cells, for who brought the file; {} for anybody else."""
    if not is_own(reader, imported) or not numbers:
        return {}
    rows = imported.rows.filter(number__in=numbers)
    return {row.number: imports.cells_of(imported, row) for row in rows}


# -- row by row ----------------------------------------------------------------------------------
def lines(reader, imported, *, outcome="", after=0):
    """(one page of rows as Lines, number of the last one if there are more)."""
    rows = imported.rows.filter(number__gt=after).order_by("number")
    if outcome:
        rows = rows.filter(outcome=outcome)
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    things = things_of(reader, imported, page)
    return [line(reader, imported, row, things) for row in page], (
        page[-1].number if len(found) > PAGE else None
    )


def line(reader, imported, row, things):
    cells = imports.cells_of(imported, row) if is_own(reader, imported) and row.remarks else {}
    said = [reasons.sentence(one, cells, imported.kind) for one in row.remarks]
    label = Outcome(row.outcome).label
    return Line(row.number, row.outcome, label, said, *things.get(row.subject_id, ()))


def things_of(reader, imported, rows):
    """Id of ours → (name, address, customer), of those the reader sees."""
    ids = {row.subject_id for row in rows if row.subject_id}
    if not ids:
        return {}
    if model := NAMED.get(imported.kind):
        seen = model.objects.visible_to(reader).filter(pk__in=ids)
        return {one.pk: (one.name, one.get_absolute_url(), None) for one in seen}
    path = CUSTOMER.get(imported.kind)
    if path is None:
        return {}
    of = dict(MODELS[imported.kind]._base_manager.filter(pk__in=ids).values_list("pk", path))
    seen = Customer.objects.visible_to(reader).in_bulk(set(of.values()))
    return {pk: (seen[key].name, seen[key].get_absolute_url(), key)
            for pk, key in of.items() if key in seen}  # fmt: skip


def bad_rows(imported):
    """(headers, rows): the refused rows as they were in the file, with why they were refused."""
    headers = imported.options.get("headers", [])
    more = [_("Row in the file"), _("Why it was refused")]
    return [*headers, *more], each_bad_row(imported, headers)


def each_bad_row(imported, headers):
    rows = imported.rows.filter(outcome=Outcome.REFUSED).order_by("number")
    for row in rows.iterator(chunk_size=500):
        cells = imports.cells_of(imported, row)
        said = " ".join(reasons.sentence(one, cells, imported.kind) for one in row.remarks)
        yield [*(cells.get(header, "") for header in headers), row.number, said]
