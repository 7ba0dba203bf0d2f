"""Departure cases as pages show them: the list, the seven steps of one, how far it is."""

from dataclasses import dataclass, field

from django.db.models import Case, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.access import Action, can, reach
from accounts.selectors import agreements
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content, said
from crm.models import Customer
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import handover_tasks as shapes
from kit.dates import company_zone, today

WEIGHTS = {"A": 5, "B": 3, "C": 1}  # of a customer's tasks; every other task weighs 1
NEAR = 5  # working days before the last one within which a case stands out
SHOWN = 6  # rows of a step before the page says how many more there are
SIGNED = 6  # the step of the signatures
LANES = (2, 3, 4, 5, 6)  # customers, documents, channels, money, sign-offs
STATE_KIND = {"problem": 0, "late": 1, "open": 2, "waiting": 3, "over": 4}


@dataclass
class Row:
    """A task in a list."""

    task: HandoverTask
    waits: bool = False
    url: str = ""

    @property
    def late(self):
        return self.task.is_overdue and not self.waits

    @property
    def there(self):
        """Where it is done: briefs and joint visits on the customer's sheet, else on its own page."""
        if self.task.handover_id and self.task.key in shapes.JOINT | shapes.BRIEFS:
            return self.task.handover.get_absolute_url()
        return self.task.get_absolute_url()

    @property
    def days_late(self):
        """Days since its day."""
        return (today(company_zone()) - self.task.due_on).days

    @property
    def place(self):
        """What wants doing comes first; what is over comes last."""
        task = self.task
        kind = "over" if not task.is_open else "waiting" if self.waits else "open"
        kind = "late" if self.late else kind
        kind = "problem" if task.state == HandoverTask.State.PROBLEM else kind
        return STATE_KIND[kind], task.due_on, task.pk


@dataclass
class Step:
    """One of the seven steps of a case."""

    number: int
    label: str
    rows: list = field(default_factory=list)

    @property
    def total(self):
        return len(self.rows)

    @property
    def done(self):
        return sum(not row.task.is_open for row in self.rows)

    @property
    def percent(self):
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def is_done(self):
        return bool(self.rows) and self.done == self.total

    @property
    def waits(self):
        """Whether nothing of it can start yet."""
        left = [row for row in self.rows if row.task.is_open]
        return bool(left) and all(row.waits for row in left)

    def first(self, most=SHOWN):
        return self.rows[:most]

    @property
    def more(self):
        return max(0, self.total - SHOWN)


def seen(viewer):
    """Cases that a viewer sees, with the people in them."""
    return Departure.objects.visible_to(viewer).select_related("person", "witness", "opened_by")


def sees_whole(viewer, departure):
    """Whether the whole case is open to a viewer, not only a part of their own in it."""
    width = reach(viewer, Action.DEPARTURE_VIEW)
    whole = HandoverTask.scope.whole(viewer, width, None, path="pk")
    return Departure.objects.visible_to(viewer).filter(whole, pk=departure.pk).exists()


def tasks_of(viewer, departure):
    """The tasks of a case that a viewer sees, in order."""
    rows = HandoverTask.objects.visible_to(viewer).filter(departure=departure)
    return list(shapes.with_people(rows).order_by("step", "due_on", "pk"))


def steps(tasks):
    """The tasks of a case in its seven steps, what wants doing first."""
    waits = shapes.waiting(tasks)
    found = {
        step["number"]: Step(step["number"], said(step["label"]))
        for step in content("departure")["steps"]
    }
    for task in tasks:
        url = "" if task.pk in waits else task.get_absolute_url()
        found[task.step].rows.append(Row(task, task.pk in waits, url))
    for step in found.values():
        step.rows.sort(key=lambda row: row.place)
    return list(found.values())


def left_before_signing(steps):
    """(Step, tasks still open) of the steps that come before the signatures."""
    return [(step, step.total - step.done) for step in steps
            if 1 < step.number < SIGNED and step.done < step.total]  # fmt: skip


def next_task(steps, viewer):
    """The first open task that is the viewer's to do now, or None."""
    rows = [row for step in steps for row in step.rows if row.task.person_id == viewer.pk]
    rows = [row for row in rows if row.task.is_open and not row.waits]
    return min(rows, key=lambda row: row.task.due_on).task if rows else None


def weight(task):
    """How much a task weighs: by the tier of its customer, 1 without one."""
    return WEIGHTS.get(task.handover.tier, 1) if task.handover_id else 1


def counts_until_last_day(task):
    """Whether a task belongs to the work before the last day; calls later do not."""
    return task.due_on <= task.departure.last_day


def share_done(tasks):
    """Done in percent, weighted, of what is due up to the last day; None without such tasks."""
    rows = [task for task in tasks if counts_until_last_day(task)]
    total = sum(weight(task) for task in rows)
    done = sum(weight(task) for task in rows if not task.is_open)
    return round(100 * done / total) if total else None


def days_left(departure):
    """Working days from today to the last one, that one included; 0 when it is over."""
    day = today(company_zone())
    if departure.last_day < day:
        return 0
    calendar = working_calendar()
    return calendar.working_days_between(day, departure.last_day) + calendar.is_working_day(
        departure.last_day
    )


def visible_customers(viewer, ids):
    """Which of these customers a viewer may open: HR sees their names and has no way in."""
    if not can(viewer, Action.CUSTOMER_VIEW):
        return set()
    return set(Customer.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))


def successors(tasks, handovers):
    """Who takes over, each once, those with most customers first."""
    found = {}
    for row in handovers:
        if row.successor_id:
            found.setdefault(row.successor, []).append(row)
    return sorted(found, key=lambda person: (-len(found[person]), person.sort_key))


def unsigned(viewer, lines):
    """(Line, agreements that its leaver has not signed) of the cases where there are any."""
    people = {line.departure.person_id: line for line in lines}
    if not people:
        return []
    wanted = agreements.standings(viewer, list(agreements.current().values()), among=people)
    found = {}
    for standing in (one for some in wanted.values() for one in some if one.to_sign):
        found.setdefault(standing.person.pk, []).append(standing.agreement)
    return [(line, found[pk]) for pk, line in people.items() if pk in found]


# -- the list ----------------------------------------------------------------------------------------

WEIGHT = Case(
    *(When(handover__tier=tier, then=Value(points)) for tier, points in WEIGHTS.items()),
    default=Value(1),
    output_field=IntegerField(),
)


@dataclass
class Line:
    """One case in the list."""

    departure: Departure
    left: int = 0
    done: int | None = None
    late: int = 0
    lanes: list = field(default_factory=list)  # (label of the step, overdue tasks)

    @property
    def is_near(self):
        """Whether the last working day is close, or over."""
        return self.left <= NEAR


def lines(viewer, departures):
    """Cases with how far they are and what is overdue, in one statement for all of them."""
    day = today(company_zone())
    rows = HandoverTask.objects.visible_to(viewer).filter(departure__in=[d.pk for d in departures])
    in_time = Q(due_on__lte=F("departure__last_day"))
    figures = rows.order_by().values("departure", "step").annotate(
        total=Coalesce(Sum(WEIGHT, filter=in_time), 0),
        left=Coalesce(Sum(WEIGHT, filter=in_time & Q(state__in=HandoverTask.OPEN)), 0),
        late=Count("pk", filter=shapes.overdue(day)),
    )  # fmt: skip
    names = {step["number"]: said(step["label"]) for step in content("departure")["steps"]}
    by_case = {}
    for row in figures:
        by_case.setdefault(row["departure"], []).append(row)
    return [line_of(one, by_case.get(one.pk, []), names) for one in departures]


def line_of(departure, figures, names):
    total, left = (sum(row[name] for row in figures) for name in ("total", "left"))
    late = sorted((row["step"], row["late"]) for row in figures if row["late"])
    return Line(
        departure, days_left(departure), round(100 * (total - left) / total) if total else None,
        sum(count for _step, count in late), [(names[step], count) for step, count in late],
    )  # fmt: skip


def overdue_lanes(found):
    """[(label of the step, overdue tasks)] over several cases."""
    lanes = {}
    for line in found:
        for label, count in line.lanes:
            lanes[label] = lanes.get(label, 0) + count
    return sorted(lanes.items(), key=lambda pair: -pair[1])


def returned(viewer):
    """Briefs of open cases that the head gave back to the leaver, the most endangered customer first."""
    rows = CustomerHandover.objects.visible_to(viewer).filter(
        departure__state=Departure.State.OPEN, brief=CustomerHandover.Brief.RETURNED
    )
    return rows.select_related("customer", "departure__person").order_by("departure", "place", "pk")


def handovers(viewer, departure):
    """The customers of a case that a viewer sees, the most valuable and endangered first."""
    rows = CustomerHandover.objects.visible_to(viewer).filter(departure=departure)
    counted = rows.annotate(
        total=Count("tasks"), closed=Count("tasks", filter=~Q(tasks__state__in=HandoverTask.OPEN))
    )
    return counted.select_related("customer", "successor", "change").order_by("place", "pk")
