"""E04: of fifty who approve, accept, undo or save the same thing at once, exactly one wins.

And fifty receivers who accept the parts of one set at once are all heard: it is scheduled once.
"""

import threading
from collections import Counter
from contextlib import contextmanager
from unittest import mock

from django.db import connections, transaction
from django.http import Http404
from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import Role
from accounts.models import Membership, Person
from crm.models import Assignment, Change, ChangeSet, Customer, OwnershipRules
from crm.services import approvals, changeset_undo, changesets, customers
from kit import jobs
from kit.errors import Refused
from kit.models import Job
from tests import cast as casting
from tests.accept import frame, moving
from tests.accept.frame import Mutant, patched
from tests.crm.changesets_world import drafted, held

AT_ONCE = 50
ROUNDS = frame.size(2, 100)
EDITS = frame.size(10, 500)


def run():
    with frame.committed() as cast:
        OwnershipRules.objects.update(approval_rows=0)
        wrong, errors = [], Counter()
        for number in range(ROUNDS):
            for race in (approving, refusing_or_approving, accepting, undoing):
                with transaction.atomic():
                    [pk] = held(cast, 1)
                won = race(cast, pk, errors)
                wrong += [f"{race.__name__} {number}: {won} won"] if won != 1 else []
        wrong += edits(cast, errors)
        many = many_receivers(cast, errors)
        figures = {"rounds": ROUNDS, "at once": AT_ONCE, "wrong": wrong[:5], "edits": EDITS,
                   "fifty receivers": many, "errors": dict(errors)}  # fmt: skip
    told = many["accepted"] == many["receivers"] == many["moved"] and many["jobs"] == 1
    return not wrong and not errors and told, figures


def race(acts, errors):
    """How many of these acts, begun at the same time, were carried out."""
    gate, won = threading.Barrier(len(acts)), []

    def one(act):
        gate.wait()
        try:
            act()
            won.append(1)
        except (Refused, Http404):
            pass
        except Exception as error:
            errors[f"{type(error).__name__}: {error}"[:80]] += 1
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def proposed(cast, pk):
    one = drafted(cast, [pk], actor="zhao")
    return changesets.propose(
        actor=cast.zhao, change_set=one, seen=moving.seen(one), because="agreed"
    )


def approving(cast, pk, errors):
    one = proposed(cast, pk)
    seen = moving.seen(one)
    act = lambda: approvals.approve(actor=cast.sun, change_set=one, seen=seen)  # noqa: E731
    return race([act] * AT_ONCE, errors)


def refusing_or_approving(cast, pk, errors):
    """Two decide the other way round: one decision stands."""
    one = proposed(cast, pk)
    seen = moving.seen(one)
    yes = lambda: approvals.approve(actor=cast.sun, change_set=one, seen=seen)  # noqa: E731
    no = lambda: approvals.refuse(actor=cast.sun, change_set=one, note="No")  # noqa: E731
    return race([yes, no] * (AT_ONCE // 2), errors)


def accepting(cast, pk, errors):
    one = proposed(cast, pk)
    approvals.approve(actor=cast.sun, change_set=one, seen=moving.seen(one))
    act = lambda: approvals.accept(actor=cast.chen, change_set=one)  # noqa: E731
    won = race([act] * AT_ONCE, errors)
    return (
        won if Job.objects.filter(payload__change_set=one.pk).count() == 1 else f"{won}, two jobs"
    )


def undoing(cast, pk, errors):
    one = moving.agreed(cast, [pk], [cast.chen])
    jobs.sweep()
    act = lambda: changeset_undo.undo(actor=cast.sun, change_set=one)  # noqa: E731
    won = race([act] * AT_ONCE, errors)
    jobs.sweep()
    seats = Assignment.objects.filter(customer=pk, seat=moving.MANAGER).count()
    return won if seats == 3 else f"{won}, {seats} seats"


def edits(cast, errors):
    """Two save what they have opened at the same version: the second is told, nothing is overwritten."""
    wrong = []
    for number in range(EDITS):
        version = Customer.objects.get(pk=cast.huadong.pk).version
        acts = [
            lambda who=who, number=number, version=version: customers.edit(
                actor=who, customer=cast.huadong, values={"address": f"{who.username} {number}"},
                version=version)
            for who in (cast.li, cast.he)
        ]  # fmt: skip
        won = race(acts, errors)
        wrong += [f"edit {number}: {won} won"] if won != 1 else []
    return wrong


def many_receivers(cast, errors):
    """One set, as many receivers as there are at once, and all accept in the same moment."""
    with transaction.atomic():
        takers = [receiver(cast, number) for number in range(AT_ONCE)]
        ids = held(cast, AT_ONCE)
    one = drafted(cast, ids, taker=takers[0], actor="zhao")
    for taker, pk in zip(takers, ids, strict=True):
        changesets.give_to(actor=cast.zhao, change_set=one, customers=[pk], taker=taker)
    one = changesets.propose(
        actor=cast.zhao, change_set=one, seen=moving.seen(one), because="agreed"
    )
    approvals.approve(actor=cast.sun, change_set=one, seen=moving.seen(one))
    acts = [lambda who=who: approvals.accept(actor=who, change_set=one) for who in takers]
    won = race(acts, errors)
    found = Job.objects.filter(payload__change_set=one.pk).count()
    jobs.sweep()
    moved = Assignment.objects.at().filter(customer__in=ids, person__in=takers).count()
    left = Change.objects.filter(change_set=one, reserved=True).count()
    state = ChangeSet.objects.get(pk=one.pk).state
    return {"receivers": AT_ONCE, "accepted": won, "jobs": found, "moved": moved, "left": left,
            "state": state}  # fmt: skip


def receiver(cast, number):
    """A rep more in the East team."""
    with audit.verb("tests.build", cast.system):
        person = Person.objects.create(
            username=f"taker{number}", name=f"Taker {number}", roles=[Role.REP]
        )
        Membership.objects.create(
            person=person,
            unit=cast.units["east"],
            period=DateTimeTZRange(casting.START, None, "[)"),
        )
    return person


@contextmanager
def unlocked():
    """Rows are read, but not held, before a verb decides."""
    with mock.patch(
        "accounts.service.lock",
        lambda obj, shared=False: obj and type(obj)._base_manager.get(pk=obj.pk),
    ):
        yield


MUTANTS = [
    Mutant("check, then act", unlocked),
    patched("last write wins", "crm.services.customers.same_version", lambda *rest: None),
]
