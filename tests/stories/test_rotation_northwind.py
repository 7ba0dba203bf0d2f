"""A real book is rotated: northwind with the seats its orders tell, two books swapped and taken back."""

import pytest
from django.core.management import call_command

from accounts.access import Role
from accounts.models import Person
from crm.models import Assignment, Change, ChangeSet, Contact, Customer, Link, Order
from crm.seats import Reason, Seat
from crm.selectors import changesets as ask
from crm.services import approvals, changeset_undo, changesets
from handover.selectors import rotation as clocks
from handover.services import rotation
from tests.crm.changesets_world import run
from tests.crm.imports_world import DATA, absent, bring, keys

pytestmark = [absent, pytest.mark.data, pytest.mark.django_db]
NORTHWIND = DATA / "northwind"


def managed():
    """Customer → its account manager now."""
    held = Assignment.objects.at().filter(seat=Seat.ACCOUNT_MANAGER)
    held = held.filter(customer__in=keys("northwind", "customers"))
    return dict(held.values_list("customer", "person"))


def everything():
    """What must be after an undo as it was before, beside who looks after whom."""
    seats = Assignment.objects.at().exclude(seat=Seat.ACCOUNT_MANAGER)
    return {
        "customers": list(Customer.objects.order_by("pk").values_list("pk", "name", "status", "tier")),
        "contacts": list(Contact.objects.order_by("pk").values_list("pk", "name")),
        "links": list(Link.objects.order_by("pk").values_list("pk", "person", "contact")),
        "orders": list(Order.objects.order_by("pk").values_list("pk", "customer", "amount")),
        "seats": sorted(seats.values_list("customer", "person", "seat")),
    }  # fmt: skip


def agreed(change_set, other):
    """Proposed by one director, decided by the other, accepted by both receivers."""
    director = change_set.made_by
    changesets.propose(actor=director, change_set=change_set, seen=ask.fingerprint(change_set),
                       because="Half a year is over")  # fmt: skip
    change_set.refresh_from_db()
    if change_set.state == ChangeSet.State.PROPOSED:
        approvals.approve(actor=other, change_set=change_set, seen=ask.fingerprint(change_set))
    for taker in Person.objects.filter(
        pk__in=set(change_set.changes.values_list("taker", flat=True))
    ):
        approvals.accept(actor=taker, change_set=change_set)
    change_set.refresh_from_db()
    assert change_set.state == ChangeSet.State.SCHEDULED


def test_a_book_is_rotated_by_swap_and_undone_and_everything_is_as_before(cast):
    for kind, name in (
        ("employees", "employees"),
        ("customers", "customers"),
        ("orders", "orders"),
    ):
        bring(kind, NORTHWIND / f"{name}.csv", "northwind")
    call_command("derive_seats", "--from", "orders", "--source", "northwind")
    nancy, margaret = (Person.objects.get(name__contains=name) for name in ("Davolio", "Peacock"))
    before, rest = managed(), everything()
    assert len(before) == 89
    books = {one.pk: {pk for pk, person in before.items() if person == one.pk} for one in (nancy, margaret)}  # fmt: skip
    assert all(books.values())
    assert clocks.counted("true", {})["all"] >= 89

    draft = rotation.swap(actor=cast.sun, one=nancy, other=margaret)
    assert draft.changes.count() == len(books[nancy.pk]) + len(books[margaret.pk])
    ChangeSet.objects.filter(pk=draft.pk).update(effective_at=None)
    draft.refresh_from_db()
    Person.objects.filter(pk=cast.zhao.pk).update(roles=[Role.DIRECTOR])
    agreed(draft, Person.objects.get(pk=cast.zhao.pk))
    run()
    draft.refresh_from_db()
    assert draft.state == ChangeSet.State.APPLIED
    assert not draft.changes.exclude(state=Change.State.APPLIED).exists()
    swapped = {nancy.pk: margaret.pk, margaret.pk: nancy.pk}
    assert managed() == {pk: swapped.get(person, person) for pk, person in before.items()}
    begun = {
        one.started_on for pk, one in clocks.clocks_of(before).items() if before[pk] in swapped
    }
    assert len(begun) == 1  # their clocks begin anew
    made = Assignment.objects.at().filter(seat=Seat.ACCOUNT_MANAGER, reason=Reason.ROTATION)
    assert made.count() == draft.changes.count()

    changeset_undo.undo(actor=cast.sun, change_set=draft)
    run()
    draft.refresh_from_db()
    assert draft.state == ChangeSet.State.UNDONE
    assert managed() == before and everything() == rest
