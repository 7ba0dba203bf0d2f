"""D06, on the server: a worker's clock jumps, and days on which the clock is turned lose nothing.

Part one sets the clock of the process back and forth by an hour and by a day while customers change
hands, and while marks of rotation and of important dates are asked for. Part two looks at every day of
two years in zones with each kind of turning the clock: one reminder a day, on that day, at that hour.
Part three is important dates (dated).
"""

import itertools
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Company, Notice
from crm.models import Assignment
from crm.services import ownership, task_reminders
from handover.models import RotationReminder
from handover.services import rotation_reminders
from kit import outbox
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.outbox import Effect
from tests.accept import dated, frame
from tests.accept.frame import Mutant
from tests.crm.changesets_world import held
from tests.handover.rotation_world import MANAGER, since

JUMPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=1), timedelta(days=-1)]
ZONES = ["Asia/Kathmandu", "Australia/Lord_Howe", "Europe/Berlin", "America/New_York",
         "America/Santiago", "Africa/Cairo"]  # fmt: skip
HOURS = [time(2, 30), time(9)]
ASKED = [time(0, 1), time(2, 30), time(9), time(23, 59)]
TERM, CLOCKS = 180, frame.size(6, 60)
FIRST = date(2027, 1, 1)
SEQUENCE = "SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY id) AS back FROM accounts_trailentry) x WHERE back"  # fmt: skip


def run():
    found = jumps() | days() | dates()
    return not any(found.values()), found


# -- the clock jumps -------------------------------------------------------------------------------
@contextmanager
def jumped(jump):
    """The clock of this process is wrong by so much; the database's is right."""
    with time_machine.travel(timezone.now() + jump, tick=True):
        yield


def jumps():
    """Hand customers over and remind of rotations with wrong clocks."""
    with frame.committed() as cast:
        with transaction.atomic():
            ids = held(cast, CLOCKS)
        for pk in ids:
            since(type(cast.huadong)(pk=pk), TERM + 3)
        apart = handed_over(cast)
        rotation_reminders.remind()  # what was due of others before
        told = reminded(ids) | dated.many(cast, [*JUMPS, timedelta(0)], jumped)
        with connection.cursor() as cursor:
            cursor.execute(SEQUENCE)
            back = cursor.fetchone()[0]
    return apart | told | {"trail entries out of sequence": back}


def handed_over(cast):
    """One customer goes to and fro while the clock jumps: its seats follow each other without a gap."""
    outside, turn = 0, [cast.wu, cast.li] * len(JUMPS)
    for number, jump in enumerate(JUMPS * 2):
        began = database_now()
        with jumped(jump):
            row = ownership.assign(
                actor=cast.sun, customer=cast.huadong, seat=MANAGER, person=turn[number]
            )
        outside += not began <= row.period.lower <= database_now()
    rows = Assignment.objects.filter(customer=cast.huadong, seat=MANAGER).order_by("period")
    periods = [row.period for row in rows]
    gaps = sum(one.upper != other.lower for one, other in itertools.pairwise(periods))
    return {"seats outside the time of their change": outside, "gaps between seats": gaps}


def reminded(ids):
    """Marks of some clocks are asked for by workers whose clocks are wrong: each is told once."""
    for jump in [*JUMPS, timedelta(0), *reversed(JUMPS)]:
        with jumped(jump):
            rotation_reminders.remind()
            while outbox.relay():
                pass
    rows = RotationReminder.objects.filter(customer__in=ids, who="account_manager", days=1)
    notices = Notice.objects.filter(code="rotation.due", values__customer__in=ids, values__days=1)
    customers = list(notices.values_list("values__customer", flat=True))
    waiting = Effect.objects.filter(
        done_at=None, payload__code__startswith="rotation.", tries__gt=0
    )
    return {
        "marks lost": len(ids) - rows.count() + len(set(ids) - set(customers)),
        "marks told twice": len(customers) - len(set(customers)),
        "notices that failed": waiting.count(),
    }


# -- days on which the clock is turned ----------------------------------------------------------------
def days():
    """Reminders of tasks and of rotations around the turning of the clock, in each zone."""
    wrong = dict.fromkeys(["mornings on another day", "mornings missing or twice", "mornings at another hour",
                           "marks on another day", "marks missing or twice"], 0)  # fmt: skip
    for zone in ZONES:
        for hour in HOURS:
            for name, count in mornings(ZoneInfo(zone), hour).items():
                wrong[name] += count
        for name, count in marks(zone).items():
            wrong[name] += count
    return wrong


def mornings(zone, hour):
    """The instant of each day's reminder for two years: one a day, on its day, at its hour where that is."""
    with mock.patch.object(task_reminders, "MORNING", hour), mock.patch.object(task_reminders, "company_zone", lambda: zone):  # fmt: skip
        every = [FIRST + timedelta(days=number) for number in range(730)]
        at = [task_reminders.morning(day) for day in every]
    local = [one.astimezone(zone) for one in at]
    skipped = [datetime.combine(day, hour, zone) for day in every]
    there = [one.astimezone(UTC).astimezone(zone).time() == hour for one in skipped]
    return {
        "mornings on another day": sum(one.date() != day for one, day in zip(local, every, strict=True)),
        "mornings missing or twice": len(at) - len(set(at)) + sum(b <= a for a, b in itertools.pairwise(at)),
        "mornings at another hour": sum(
            is_there and one.time() != hour for one, is_there in zip(local, there, strict=True)
        ),
    }  # fmt: skip


def turnings(zone, first=None, count=340):
    """The days, within so many from a first one (200 days ago), at which a zone turns its clock."""
    zone, day = ZoneInfo(zone), first or today() - timedelta(days=200)
    around = (day + timedelta(days=number) for number in range(count))

    def offset(one):
        return datetime.combine(one, time(12), zone).utcoffset()

    return [one for one in around if offset(one) != offset(one - timedelta(days=1))]


def marks(zone):
    """The 30-day mark of a clock falls on the day the clock is turned; beat asks every half hour."""
    found = {"marks on another day": 0, "marks missing or twice": 0}
    for day in turnings(zone) or [today()]:
        with frame.undone():
            cast = frame.casting.Cast()
            Company.objects.filter(pk=1).update(time_zone=zone)
            claimed = asked_around(cast, day)
            found["marks missing or twice"] += len(claimed) != 1
            found["marks on another day"] += any(one != day for one in claimed)
    return found


def asked_around(cast, day):
    """The local days on which the 30-day mark was claimed when beat asked from two days before on."""
    zone, claimed = company_zone(), []
    since(cast.huadong, (today(zone) - day).days + TERM - 30)
    around = [datetime.combine(day + timedelta(days=number), hour, zone)
              for number in range(-2, 3) for hour in ASKED]  # fmt: skip
    for at in sorted(around):
        with time_machine.travel(at.astimezone(UTC), tick=False):
            rotation_reminders.remind()
        rows = RotationReminder.objects.filter(customer=cast.huadong, days=-30)
        if rows.count() > len(claimed):
            claimed.append(at.astimezone(UTC).astimezone(zone).date())
    return claimed


# -- important dates -------------------------------------------------------------------------------
def dates():
    """Marks on days on which the clock is turned, on 29 February, and on a day without a worker."""
    cast, found = frame.casting.Cast(), {}
    for number, zone in enumerate(ZONES):
        hours = HOURS[number % 2 :] + HOURS[: number % 2]
        days_of = turnings(zone, FIRST, frame.size(365, 730)) or [FIRST + timedelta(days=40)]
        for name, count in dated.around(cast, zone, days_of, hours).items():
            found[name] = found.get(name, 0) + count
    return found | dated.leap(cast) | dated.away(cast)


# -- mutants -----------------------------------------------------------------------------------------
def fixed_offset(day):
    """A morning by the offset that the zone has today."""
    offset = timezone.now().astimezone(task_reminders.company_zone()).utcoffset()
    return datetime.combine(
        day, task_reminders.MORNING, timezone.get_fixed_timezone(offset)
    ).astimezone(UTC)


def forgotten(reminders):
    """The marks that are told now, as if they had never been claimed."""
    rows = list(RotationReminder.objects.filter(pk__in=reminders))
    RotationReminder.objects.filter(pk__in=reminders).delete()
    return rows


MUTANTS = [
    Mutant("seats begin by the clock of the worker", lambda: mock.patch("crm.services.seats.database_now", timezone.now)),
    Mutant("mornings by today's offset", lambda: mock.patch.object(task_reminders, "morning", fixed_offset)),
    Mutant("days of rotation are those of UTC", lambda: mock.patch("handover.selectors.rotation.today", lambda zone=None: timezone.now().astimezone(UTC).date())),
    Mutant("a mark that was told is forgotten", lambda: mock.patch("handover.services.rotation_reminders.standing", forgotten)),
    *(Mutant(name, partial(mock.patch.object, *where)) for name, *where in dated.MUTANTS),
]  # fmt: skip
