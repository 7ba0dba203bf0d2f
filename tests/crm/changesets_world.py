"""Customers of Li's, and the way of a change set to its end, for the tests of change sets."""

from accounts import audit
from accounts.models import Person
from crm.models import Customer, Task
from crm.seats import Reason, Seat
from crm.selectors import changesets as ask
from crm.services import approvals, changesets, seats
from kit import jobs
from kit.dates import today
from kit.models import Job

MANAGER, BACKUP, LINE, KEY = Seat


def held(cast, count, by="li", tier="C"):
    """So many customers more, looked after by one person. Returns their ids."""
    unit = cast.units["east"]
    rows = Customer.objects.bulk_create(
        Customer(name=f"客户 {number}", sort_key=f"{number:04}", search_key=str(number), tier=tier,
                 home_unit=unit, status="active", origin="referral")
        for number in range(count)
    )  # fmt: skip
    wishes = [seats.Wish(row.pk, MANAGER, cast[by], Reason.FIRST) for row in rows]
    with audit.verb("tests.build", cast.system):
        seats.move(cast.system, wishes)
    return [row.pk for row in rows]


def task(cast, customer, person, **more):
    """An open task of a person at a customer (id)."""
    who = cast[person]
    return Task.objects.create(
        customer_id=customer, person=who, first_person=who, made_by=who, title="Send the samples",
        due_on=today(), **more,
    )  # fmt: skip


def drafted(cast, customers, taker="chen", actor="he", **more):
    given = {"seat": MANAGER, "why": Reason.WORKLOAD, "former": "removed"} | more
    taker = cast[taker] if isinstance(taker, str) else taker
    return changesets.draft(actor=cast[actor], customers=customers, taker=taker, **given)


def proposed(cast, customers, actor="he", because="agreed", **more):
    one = drafted(cast, customers, actor=actor, **more)
    return propose(one, because)


def propose(one, because="agreed"):
    actor = Person.objects.get(pk=one.made_by_id)
    return changesets.propose(
        actor=actor, change_set=one, seen=ask.fingerprint(one), because=because
    )


def approved(cast, one, by="zhao"):
    return approvals.approve(actor=cast[by], change_set=one, seen=ask.fingerprint(one))


def accepted(cast, one, by="chen"):
    return approvals.accept(actor=cast[by], change_set=one)


def run():
    """Everything that is due, as the worker would. Returns the kinds and states of the jobs."""
    jobs.sweep()
    return list(Job.objects.order_by("pk").values_list("kind", "state"))


def carried_out(cast, customers, **more):
    """A change set from the draft to its end, with whatever its rules ask for."""
    one = proposed(cast, customers, **more)
    if one.state == "proposed":
        one = approved(cast, one)
    if one.state == "approved":
        one = accepted(cast, one, more.get("taker", "chen"))
    run()
    one.refresh_from_db()
    return one
