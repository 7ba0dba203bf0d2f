"""What is due in a case is said on the morning of its day, and again when it is overdue.

One row of the outbox per case, day and mark; each is carried out once, and only then is it asked who
answers. The tasks of one person are one notice. While a case is confidential nobody is reminded.
"""

from datetime import date

from accounts.access import Role
from accounts.models import Notice, Person
from accounts.selectors.calendar import add_working_days
from accounts.selectors.org import able_at, able_head_above
from accounts.services.notifications import notify
from crm.services.task_reminders import morning
from handover.models import Departure, HandoverTask
from handover.models.departures import RUNNING
from handover.selectors import handover_tasks as shapes
from kit import outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.locks import hold_off
from kit.outbox import Effect

KIND = "handover.remind"
LASTING = (Departure.State.OPEN, Departure.State.CLOSED)  # see RUNNING
MARKS = (0, 1, 3)  # working days after the day: to whoever does it, to their head, to HR and above


def plan(departure):
    """Inside a running verb: reminders for every day on which something of an open case is due.

    What waits already stays. A mark that is over brings none;
    where all are, they are counted from the next morning on which people work.
    """
    hold_off(f"{KIND} {departure.pk}")
    rows = HandoverTask.objects.filter(departure=departure, state__in=HandoverTask.OPEN)
    days = set(rows.order_by().values_list("due_on", flat=True).distinct())
    known = Effect.objects.filter(kind=KIND, payload__departure=departure.pk, done_at=None)
    have = set(known.values_list("payload__day", flat=True))
    for day in sorted(days):
        if day.isoformat() not in have and not post(departure, day, day, MARKS):
            post(departure, day, add_working_days(today(company_zone()), 1), MARKS)


def post(departure, day, since, marks):
    """The first of these marks that is still to come, counted from a day. Returns whether one is."""
    now = database_now()
    for mark in marks:
        at = morning(add_working_days(since, mark) if mark else since)
        if at > now:
            outbox.post(KIND, due_at=at, departure=departure.pk, day=day.isoformat(),
                        since=since.isoformat(), mark=mark)  # fmt: skip
            return True
    return False


@outbox.handler(KIND)
def remind(effect):
    """Post one notice per person who answers for what is due, and the next mark."""
    about = effect.payload
    departure = Departure.objects.filter(pk=about["departure"], state__in=LASTING).first()
    if departure is None:
        return
    if departure.is_secret:
        outbox.post(KIND, due_at=departure.confidential_until, **about)
        return
    rows = HandoverTask.objects.filter(
        RUNNING, departure=departure, due_on=about["day"], state__in=HandoverTask.OPEN
    )
    code = "handover.late" if about["mark"] else "handover.due"
    for person, tasks in told(list(shapes.with_people(rows)), about["mark"]).items():
        url = tasks[0].get_absolute_url() if len(tasks) == 1 else departure.get_absolute_url()
        notify(code, to=person, kind=Notice.Kind.ACTION, url=url, due_on=tasks[0].due_on,
               values=about | {"tasks": [task.pk for task in tasks]})  # fmt: skip
    day, since = about["day"], about.get("since") or about["day"]
    post(departure, date.fromisoformat(day), date.fromisoformat(since),
         [mark for mark in MARKS if mark > about["mark"]])  # fmt: skip


def told(tasks, mark):
    """Who is told of which tasks at a mark: key of a person → tasks."""
    found, answers = {}, {}
    for task in tasks:
        if task.person_id not in answers:
            answers[task.person_id] = people_at(task, mark)
        for person in answers[task.person_id]:
            found.setdefault(person.pk, []).append(task)
    return found


def people_at(task, mark):
    """Who answers for an open task at a mark, each once; never the leaver for others' work."""
    if mark == 0:
        return [shapes.answering(task)]
    head = head_over(task)
    if mark == 1:
        return [head or runner(task.departure)]
    above = able_head_above(head) if head else None
    people = {one.pk: one for one in (runner(task.departure), above) if one is not None}
    return [one for one in people.values() if one.pk != task.departure.person_id]


def head_over(task):
    """The able head above who does a task; None where that is the leaver or nobody."""
    head = able_head_above(task.person) if task.person else None
    return None if head is None or head.pk == task.departure.person_id else head


def runner(departure):
    """Who runs the case now: who opened it, else somebody of HR who can answer."""
    if able_at(departure.opened_by):
        return departure.opened_by
    others = Person.objects.filter(state=Person.State.ACTIVE, roles__contains=[Role.HR])
    return next((one for one in others.order_by("sort_key") if able_at(one)), departure.opened_by)
