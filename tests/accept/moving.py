"""Customers of one rep with their open work, the hands a change set goes through, and what must hold after it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Count

from accounts import audit
from accounts.models import Person
from accounts.selectors import holdings
from crm.models import Assignment, Change, ChangeSet, Customer, Position, Share, Task
from crm.seats import Reason, Seat
from crm.selectors import changesets as ask
from crm.services import approvals, changesets, task_reminders
from kit.dates import company_zone, today
from kit.models import Effect
from kit.registry import Held
from tests.crm.changesets_world import held

MANAGER = Seat.ACCOUNT_MANAGER
PART = 500  # customers that are made at a time
REMINDED = 20  # of so many customers one has a task with a reminder ahead


def book(cast, count):
    """So many customers of Li's with four open tasks each, some with reminders. Returns their ids."""
    ids = []
    while len(ids) < count:
        with transaction.atomic():
            ids += held(cast, min(PART, count - len(ids)))
    with audit.verb("tests.build", cast.system), transaction.atomic():
        Task.objects.bulk_create(
            [planned(cast.li, pk, kind) for pk in ids for kind in Task.Kind.values],
            batch_size=2_000,
        )
    later = Task.objects.filter(customer__in=ids[::REMINDED], kind=Task.Kind.TO_DO)
    later.update(due_on=today(company_zone()) + timedelta(days=3))
    with transaction.atomic():
        for task in later:
            task_reminders.plan(task)
    return ids


def planned(person, customer, kind):
    return Task(customer_id=customer, kind=kind, title="Call back", due_on=today(company_zone()),
                person=person, first_person=person, made_by=person)  # fmt: skip


def agreed(cast, ids, takers):
    """A change set of these customers, spread over the receivers, that waits for its worker only."""
    one = changesets.draft(actor=cast.zhao, customers=ids, seat=MANAGER, taker=takers[0],
                           why=Reason.WORKLOAD, former="removed")  # fmt: skip
    for place, taker in enumerate(takers[1:], 1):
        part = ids[place :: len(takers)]
        changesets.give_to(actor=cast.zhao, change_set=one, customers=part, taker=taker)
    one = changesets.propose(actor=cast.zhao, change_set=one, seen=seen(one), because="agreed")
    if one.state == ChangeSet.State.PROPOSED:
        one = approvals.approve(actor=cast.sun, change_set=one, seen=seen(one))
    for taker in takers:
        approvals.accept(actor=taker, change_set=one)
    one.refresh_from_db()
    return one


def seen(change_set):
    return ask.fingerprint(ChangeSet.objects.get(pk=change_set.pk))


def totals(ids):
    """Kind of what is open or kept at these customers → how many there are, whoever has them."""
    tasks = Task.objects.open().filter(customer__in=ids).order_by().values_list("kind")
    seats = Assignment.objects.at().filter(customer__in=ids).order_by().values_list("seat")
    found = {f"tasks: {kind}": n for kind, n in tasks.annotate(Count("pk"))}
    found |= {f"seats: {seat}": n for seat, n in seats.annotate(Count("pk"))}
    found["reminders"] = reminders(ids).count()
    found["shares"] = Share.objects.filter(content_object__in=ids, change_set=None).count()
    found["contacts"] = Position.objects.filter(customer__in=ids).count()
    return found


def different(before, after):
    """Kinds whose totals are not the same → both."""
    kinds = sorted(before.keys() | after.keys())
    pairs = {kind: (before.get(kind, 0), after.get(kind, 0)) for kind in kinds}
    return {kind: pair for kind, pair in pairs.items() if pair[0] != pair[1]}


def reminders(ids):
    """Reminders ahead of open tasks at these customers."""
    tasks = Task.objects.open().filter(customer__in=ids).values_list("pk", flat=True)
    waiting = Effect.objects.filter(done_at=None, payload__code=task_reminders.CODE)
    return waiting.filter(payload__about__task__in=list(tasks))


def faults(cast, ids, takers):
    """What is wrong after all of Li's customers went to the receivers: words → how many."""
    able = Person.objects.filter(pk__in=[one.pk for one in takers], state="active")
    now = Assignment.objects.at().filter(customer__in=ids, seat=MANAGER)
    arrived = now.filter(person__in=able).values("customer").distinct().count()
    every = Assignment.objects.filter(customer__in=ids, seat=MANAGER).count()
    holder = dict(now.values_list("customer", "person"))
    tasks = Task.objects.open().filter(customer__in=ids).values_list("customer", "person")
    about = [row.payload["about"] for row in reminders(ids)]
    told = [(task_reminders.holder_when_due(one), one) for one in about]
    still = [line for line in holdings.held_by(cast.li, cast.sun)
             if line.becomes == Held.TRANSFER and line.relation != "crm.Territory.person"]  # fmt: skip
    left = Change.objects.filter(customer__in=ids, reserved=True).count()
    wrong = {
        "customers not with one of the receivers": len(ids) - arrived,
        "seats more or less than before and after": abs(every - 2 * len(ids)),
        "tasks not with who answers": sum(holder.get(pk) != person for pk, person in tasks),
        "reminders for nobody or the leaver": sum(who is None or who == cast.li for who, _ in told),
        "still due to the leaver": still_held(still, ids, cast.li),
        "seats still reserved": left,
        "out of sight of the receiver": out_of_sight(takers, holder),
    }
    return {name: number for name, number in wrong.items() if number}


def still_held(lines, ids, person):
    """What the registry finds open with the giver, but for the customers that are not moved."""
    elsewhere = Assignment.objects.at().filter(person=person).exclude(customer__in=ids).count()
    elsewhere += Task.objects.open().filter(person=person).exclude(customer__in=ids).count()
    return sum(line.open for line in lines) - elsewhere


def out_of_sight(takers, holder):
    """Customers that their new account manager does not see."""
    wrong = 0
    for taker in takers:
        mine = {pk for pk, person in holder.items() if person == taker.pk}
        found = Customer.objects.visible_to(taker).filter(pk__in=mine)
        wrong += len(mine) - found.count()
    return wrong
