"""The one way in which seats change hands: single or by thousands, now or from an instant on.

The instant of a change is the database clock read after the row lock, and at least a microsecond
after the present holder's start: two changes within a day, or within a second, both leave a period.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.audit import record_many
from accounts.models import Person
from crm.models import Assignment, Customer
from crm.seats import SINGLE_SEATS, Reason, Seat
from crm.selectors.ownership import answers_for
from crm.services import access_index, task_moves
from kit import bulk
from kit.clock import database_now
from kit.errors import Conflict, Refused

TICK = timedelta(microseconds=1)
LONGEST_PLAN = timedelta(days=366)
# A start this little ahead is a clock that was set back between two changes, not a plan.
CLOCK_STEP = timedelta(seconds=1)


@dataclass(frozen=True)
class Wish:
    """Who is to hold a seat of a customer; `person` None: nobody."""

    customer_id: int
    seat: str
    person: Person | None
    why: str = Reason.OTHER
    note: str = ""
    duty: str = ""  # in the key-account team
    instead_of: int | None = None  # there: id of the member who goes, with whose duty


@dataclass
class Moved:
    """What became of a wish: the new assignment, and the seats that ended for it."""

    wish: Wish
    at: datetime
    ended: list
    assignment: Assignment | None = None
    tasks: list = field(default_factory=list)  # keys of those that went to the new holder

    @property
    def followed(self):
        """(customer, former holder, new holder) as keys, for each holder that was followed."""
        return [(row.customer_id, row.person_id, self.wish.person.pk) for row in self.ended
                if row.seat == self.wish.seat and self.wish.person]  # fmt: skip


def move(actor, wishes, starts_at=None, with_tasks=True):
    """Change seats of any number of customers inside a running verb. Returns a Moved for each wish.

    All seats of one customer change at one instant: the database clock after the locks, or
    starts_at. Open tasks go with the seat at once, unless it is still ahead. Raises Conflict and
    Refused as `assign` and `end` do.
    """
    held = defaultdict(list)
    customers = sorted({wish.customer_id for wish in wishes})
    rows = Assignment.objects.filter(customer__in=customers).order_by("customer", "pk")
    for row in rows.select_for_update():
        held[row.customer_id].append(row)
    now = database_now()
    moved = []
    for customer in customers:
        mine = [wish for wish in wishes if wish.customer_id == customer]
        moved += settle(held[customer], mine, starts_at, now)
    write(actor, moved)
    if with_tasks and starts_at is None:
        follow_with_tasks(moved)
    return moved


def follow_with_tasks(moved):
    """Open tasks go to whoever has the seat now; those of an emptied one to whoever answers."""
    given = task_moves.follow([one for each in moved for one in each.followed])
    emptied = [one.wish.customer_id for one in moved if one.wish.person is None]
    customers = Customer.objects.in_bulk(emptied) if emptied else {}
    for one in moved:
        if one.wish.person is None:
            one.tasks = leave_tasks(customers[one.wish.customer_id], one.ended)
        elif one.followed:
            one.tasks = given.get(one.wish.customer_id, [])


def leave_tasks(customer, rows):
    """Open tasks of people whose seats end go to whoever answers for the customer now. Their keys."""
    answers = answers_for(customer)
    if answers is None:
        return []
    given = task_moves.follow([(customer.pk, row.person_id, answers.pk) for row in rows])
    return given.get(customer.pk, [])


def settle(rows, wishes, starts_at, now):
    """End, in memory, what the wishes of one customer end at their common instant."""
    rivals = [row for row in rows if any(gives_way(row, one) for one in wishes)]
    at = instant(rivals, starts_at, now)
    moved = []
    for wish in wishes:
        open_rows = in_force([row for row in rows if gives_way(row, wish)], at)
        refuse_doubles(open_rows, wish.seat, wish.person)
        if wish.person is None and not open_rows:
            raise Conflict(_("Nobody holds this seat now."))
        for row in open_rows:
            row.period = DateTimeTZRange(row.period.lower, at, "[)")
        moved.append(Moved(wish, at, open_rows))
    return moved


def write(actor, moved):
    """Write what was settled: ended seats, new seats, their trail, the index."""
    bulk.update([row for one in moved for row in one.ended], ["period"])
    record_many([item for one in moved for item in given_up(one)])
    for one in moved:
        if one.wish.person is not None:
            one.assignment = Assignment(
                customer_id=one.wish.customer_id, person=one.wish.person, seat=one.wish.seat,
                period=DateTimeTZRange(one.at, None, "[)"), reason=one.wish.why,
                note=one.wish.note, duty=duty_of(one), made_by=actor,
            )  # fmt: skip
    with access_index.together():
        insert([one.assignment for one in moved if one.assignment])
        emptied = [one.wish.customer_id for one in moved if one.assignment is None]
        follow_units(emptied)
        access_index.recompute(emptied)


def duty_of(moved):
    """What a new member is there for: what was wished, else the duty of whoever goes."""
    if moved.wish.duty or moved.wish.instead_of is None:
        return moved.wish.duty
    return next((row.duty for row in moved.ended if row.person_id == moved.wish.instead_of), "")


def given_up(moved):
    """Entries of the trail for seats that end without a successor, or for a better one."""
    for row in moved.ended:
        if moved.wish.person is None:
            changes = {row.seat: (row.person_id, None), "until": (None, moved.at),
                       "why": (None, moved.wish.why), "note": (None, moved.wish.note)}  # fmt: skip
            changes |= {"duty": (row.duty, None)} if row.duty else {}
        elif row.seat != moved.wish.seat or row.seat not in SINGLE_SEATS:
            changes = {row.seat: (row.person_id, None)}
        else:
            continue  # the entry of the new seat says whom it followed
        yield {"subject": row, "customer": row.customer_id, "changes": changes}


def insert(assignments, when=None):
    """Write seats inside a running verb, also whole histories of many customers. Returns them.

    assignments: unsaved; the database refuses those that overlap. when: the instant each is claimed
    for, a function of the assignment; None is now.
    """
    if not assignments:
        return []
    bulk.insert(assignments)
    before = holders_before(assignments)
    record_many([
        {"subject": row, "customer": row.customer_id, "changes": taken(row, before),
         "happened_at": when and when(row)}
        for row in assignments
    ])  # fmt: skip
    follow_units([row.customer_id for row in assignments if row.seat == Seat.ACCOUNT_MANAGER])
    access_index.recompute([row.customer_id for row in assignments])
    return assignments


def holders_before(assignments):
    """Whose single seat ends where one of these begins: (customer, seat, instant) → person, as ids."""
    rows = Assignment.objects.filter(
        customer__in=[row.customer_id for row in assignments],
        seat__in=SINGLE_SEATS,
        period__endswith__in=[row.period.lower for row in assignments],
    )
    return {(row.customer_id, row.seat, row.period.upper): row.person_id for row in rows}


def taken(row, before):
    """What the trail tells of a seat: who took it instead of whom, from when, until when if known."""
    who = (before.get((row.customer_id, row.seat, row.period.lower)), row.person_id)
    told = {row.seat: who, "from": (None, row.period.lower)}
    told |= {"duty": (None, row.duty)} if row.duty else {}
    return told | ({"until": (None, row.period.upper)} if row.period.upper else {})


def gives_way(row, wish):
    """Whether a row must give way to a wish: a rival of it; in a team who goes, not all of it."""
    if wish.seat in SINGLE_SEATS or wish.instead_of is None:
        return is_rival(row, wish.seat, wish.person)
    return row.seat == wish.seat and row.person_id in (
        wish.instead_of,
        wish.person and wish.person.pk,
    )


def is_rival(row, seat, person):
    """Whether a row must give way when `person` takes `seat`, or nobody."""
    if person is None:
        return row.seat == seat
    if seat in SINGLE_SEATS:
        return row.seat == seat or (row.person_id == person.pk and row.seat in SINGLE_SEATS)
    return row.seat == seat and row.person_id == person.pk


def in_force(rows, at):
    """The rows that an act at an instant stops. A plan beyond it is a Conflict."""
    if any(row.period.lower >= at for row in rows):
        raise Conflict(_("A later change of this seat is already planned. Cancel it first."))
    return [row for row in rows if row.period.upper is None or row.period.upper > at]


def refuse_doubles(open_rows, seat, person):
    """One person in one single seat; and nobody leaves the first seat empty by taking a smaller one."""
    for row in open_rows:
        if person is None or row.person_id != person.pk:
            continue
        if row.seat == seat:
            raise Refused(_("This person already holds this seat."), field="person")
        if row.seat == Seat.ACCOUNT_MANAGER:
            raise Refused(
                _("This person is the account manager. Choose another account manager first."),
                field="person",
            )


def instant(rows, wanted=None, now=None):
    """The instant of a change of `rows`: the plan's, else the database clock, after every start."""
    now = now or database_now()
    if wanted is not None and wanted > now:
        if wanted > now + LONGEST_PLAN:
            raise Refused(_("Choose a day within a year."), field="starts_on")
        return wanted
    set_back = any(row.recorded_at > now for row in rows)
    starts = [row.period.lower for row in rows]
    behind = [start for start in starts if set_back or start < now + CLOCK_STEP]
    ends = [end for row in rows if set_back and (end := row.period.upper)]
    return max([now, *ends, *(start + TICK for start in behind)])


def close(row, at):
    """End a seat at an instant."""
    row.period = DateTimeTZRange(row.period.lower, at, "[)")
    row.save()


FOLLOW = """
    UPDATE crm_customer c SET home_unit_id = last.unit_id
    FROM (
        SELECT DISTINCT ON (a.customer_id) a.customer_id, home.unit_id
        FROM crm_assignment a LEFT JOIN LATERAL (
            SELECT m.unit_id FROM accounts_membership m
            WHERE m.person_id = a.person_id AND m.period @> statement_timestamp()
            ORDER BY m.post DESC, m.id LIMIT 1) home ON true
        WHERE a.customer_id = ANY(%s) AND a.seat = 'account_manager'
          AND (lower(a.period) <= statement_timestamp() OR EXISTS (
              SELECT 1 FROM crm_assignment b WHERE b.customer_id = a.customer_id
                AND b.seat = a.seat AND upper(b.period) = lower(a.period)))
        ORDER BY a.customer_id, lower(a.period) DESC) last
    WHERE c.id = last.customer_id AND c.home_unit_id <> last.unit_id
"""


def follow_units(customer_ids):
    """The unit that would answer for a vacancy is that of the last account manager.

    A plan for a customer that nobody holds counts only when it begins.
    """
    if customer_ids:
        with connection.cursor() as cursor:
            cursor.execute(FOLLOW, [customer_ids])
