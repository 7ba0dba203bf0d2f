"""kill -9 of a random process every three seconds while people work: nothing lost, nothing twice."""

import random
import uuid

from tests.drill.fleet import Fleet
from tests.drill.load import Browser, Crew, reminder, transfer, visit

EVERY = 3.0  # seconds between kills
VISITORS, MOVERS, PLANNERS = 4, 2, 2
LOST_ANSWER = 5  # of so many visits one is sent again, because its answer did not arrive


def run(options):
    """--points kills; in the long form 2,000 visits, 500 transfers, 500 reminders."""
    choose = random.Random(options.seed)
    points = options.points if not options.seconds else int(options.seconds / EVERY)
    scale = min(1.0, points / 50)
    wanted = {"visits": int(2000 * scale), "transfers": int(500 * scale), "reminders": int(500 * scale)}  # fmt: skip
    with Fleet() as fleet:
        crew, planned = Crew(), plan(fleet, wanted)
        for tries in planned["work"]:
            crew.hire(tries)

        def kill():
            if len(fleet.kills) < points:
                fleet.kill_one(choose)

        fleet.work(lambda: crew.finished() and len(fleet.kills) >= points, kill, EVERY, 900)
        fleet.wait_for(fleet.addresses[0])
        settled = fleet.work(quiet, seconds=120)
        figures = {"kills": len(fleet.kills), "sent again": crew.counts["sent again"],
                   "given up": crew.counts["given up"], "settled": settled} | count(planned, wanted)  # fmt: skip
    figures["killed"] = ", ".join(sorted(set(fleet.kills)))
    bad = [name for name in figures if name.startswith(("lost", "twice")) and figures[name]]
    return settled and not bad and not figures["given up"], figures


def plan(fleet, wanted):
    """Who sends what: lists of tries, and what must be found afterwards."""
    from crm.models import Customer
    from tests.cast import Cast

    cast, address = Cast(), fleet.addresses[0]
    keys = [uuid.uuid4() for _ in range(wanted["visits"])]
    marks = [uuid.uuid4().hex for _ in range(wanted["reminders"])]
    customers = customers_of(cast, MOVERS)
    work = []
    for part in range(VISITORS):
        li = Browser(address, cast.li)
        mine = keys[part::VISITORS]
        work.append([visit(li, cast.huadong.pk, key, "Drill", 1 + (turn % LOST_ANSWER == 0))
                     for turn, key in enumerate(mine)])  # fmt: skip
    for part, customer in enumerate(customers):
        zhao = Browser(address, cast.zhao)
        turns = len(range(part, wanted["transfers"], MOVERS))
        people = [cast.chen.pk, cast.li.pk]
        work.append([transfer(zhao, customer, people[turn % 2]) for turn in range(turns)])
    for part in range(PLANNERS):
        work.append([reminder(cast.wu.pk, mark) for mark in marks[part::PLANNERS]])
    assert Customer.objects.count() == 2 + MOVERS
    return {"work": work, "keys": keys, "marks": marks, "customers": customers}


def customers_of(cast, number):
    """Customers of Li, one for each thread that moves them."""
    from django.db import transaction

    from accounts import audit
    from crm.models import Customer
    from crm.seats import Reason, Seat
    from crm.services import ownership

    found = []
    with transaction.atomic(), audit.verb("tests.build", cast.system):
        for one in range(number):
            customer = Customer.objects.create(name=f"Moved {one}", home_unit=cast.units["east"])
            ownership.put(cast.system, customer, Seat.ACCOUNT_MANAGER, cast.li, Reason.FIRST)
            found.append(customer.pk)
    return found


def quiet():
    """No effect is due any more."""
    from django.db import Error, connection

    from kit.models import Effect

    try:
        return not Effect.objects.filter(done_at=None).exists()
    except Error:
        connection.close()
        return False


def count(planned, wanted):
    """What is there once, what is lost, what is there twice."""
    from accounts.models import Notice
    from crm.models import Activity, Assignment
    from kit.models import Effect

    visits = Activity.objects.filter(note="Drill").count()
    stored = Activity.objects.filter(client_uuid__in=planned["keys"]).count()
    moves = Assignment.objects.filter(
        customer__in=planned["customers"], seat="account_manager"
    ).count() - len(planned["customers"])
    sent = Notice.objects.filter(code="trail.alarm").count()
    different = Notice.objects.filter(code="trail.alarm").values("url").distinct().count()
    return {
        "visits": stored, "lost visits": wanted["visits"] - stored, "twice visits": visits - stored,
        "transfers": moves, "lost transfers": max(0, wanted["transfers"] - moves),
        "twice transfers": max(0, moves - wanted["transfers"]),
        "reminders": sent, "lost reminders": wanted["reminders"] - different,
        "twice reminders": sent - different,
        "lost effects": Effect.objects.filter(done_at=None).count(),
    }  # fmt: skip
