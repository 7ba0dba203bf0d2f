"""Rotations are planned here and carried out as change sets; who decides depends on the tier."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.selectors.calendar import working_calendar
from accounts.service import service
from crm.models import Assignment, Change, ChangeSet, Customer
from crm.seats import Reason, Seat
from crm.selectors import changesets as ask
from crm.services import changesets
from crm.services.changeset_terms import put_terms
from handover.selectors import rotation as clocks
from handover.selectors.rotation_exemptions import LEVEL
from handover.selectors.rotation_proposals import planned
from kit.clock import database_now
from kit.dates import company_zone
from kit.errors import Refused
from kit.once import first_of, harmless_twice

Origin, RowState = ChangeSet.Origin, Change.State


def levels():
    """Tier → the least Reach of who decides about a rotation there, by the policy."""
    return {tier: LEVEL[part["approval"]] for tier, part in clocks.tier_rules().items()}


ask.LEVELS[Origin.ROTATION] = levels


@harmless_twice
@service(Action.SEAT_ASSIGN)
def plan(*, actor, customers, client_uuid=None):
    """Draft the rotation of these customers (ids): for each the account manager that fits best.

    For whom nobody fits is left out. It takes effect when those who know the customer have had the
    days of the policy to introduce the new one. Returns the ChangeSet, a draft to be previewed.
    """
    first_of(ChangeSet, client_uuid, made_by=actor)
    ids = changesets.chosen(actor, customers)
    change_set = begun(actor, ids, client_uuid)
    offers = planned(actor, ids, change_set.effective_at)
    rows = changesets.rows_for(change_set, ids, Seat.ACCOUNT_MANAGER, None)
    for row in rows:
        offer = offers.get(row.customer_id)
        row.taker = offer and offer.person
        row.state = RowState.WAITING if offer else RowState.LEFT_OUT
    return written(change_set, rows)


@harmless_twice
@service(Action.SEAT_ASSIGN, people=("one", "other"))
def swap(*, actor, one, other, client_uuid=None):
    """Draft that two people take over each other's customers, as far as the actor may give them.

    Returns the ChangeSet, a draft to be previewed.
    """
    first_of(ChangeSet, client_uuid, made_by=actor)
    able(one, "one")
    able(other, "other")
    if one.pk == other.pk:
        raise Refused(_("Choose two different people."), field="other")
    books = {one.pk: books_of(actor, one), other.pk: books_of(actor, other)}
    if not any(books.values()):
        raise Refused(_("Neither of them looks after a customer that is yours to give."))
    ids = changesets.chosen(actor, [*books[one.pk], *books[other.pk]])
    change_set = begun(actor, ids, client_uuid)
    rows = changesets.rows_for(change_set, ids, Seat.ACCOUNT_MANAGER, None)
    for row in rows:
        row.taker = other if row.giver_id == one.pk else one
    return written(change_set, rows)


def able(person, field):
    """Refuse, at its field, somebody who cannot look after customers."""
    if person.state != person.State.ACTIVE or not ask.fits(person, Seat.ACCOUNT_MANAGER):
        raise Refused(_("This person cannot receive customers now."), field=field)


def books_of(actor, person):
    """Ids of the customers that a person looks after and the actor may give."""
    held = Assignment.objects.at().filter(person=person, seat=Seat.ACCOUNT_MANAGER)
    held = held.exclude(customer__status=Customer.Status.CLOSED)
    return list(ask.proposable(actor).filter(pk__in=held.values("customer")).values_list("pk", flat=True))  # fmt: skip


def begun(actor, ids, client_uuid):
    """A new draft of a rotation of some customers, saved, with its usual terms."""
    change_set = ChangeSet(made_by=actor, client_uuid=client_uuid, origin=Origin.ROTATION)
    tiers = set(Customer.objects.filter(pk__in=ids).values_list("tier", flat=True))
    at = begins(tiers)
    put_terms(change_set, Reason.ROTATION, "", ChangeSet.Former.REMOVED, None, at)
    change_set.save()
    return change_set


def begins(tiers):
    """The morning at which a rotation takes effect: after the longest overlap of these tiers."""
    rules, calendar = clocks.tier_rules(), working_calendar()
    days = max([1, *(rules[tier]["overlap_working_days"] for tier in tiers if tier in rules)])
    day = calendar.add_working_days(database_now().astimezone(company_zone()).date(), days)
    return datetime.combine(day, calendar.starts, calendar.zone)


def written(change_set, rows):
    """Save the rows of a draft and leave its entry. Returns the ChangeSet."""
    Change.objects.bulk_create(rows)
    takers = sorted({row.taker_id for row in rows if row.taker_id})
    left_out = sum(row.state == RowState.LEFT_OUT for row in rows)
    record(change_set, {"customers": (None, len(rows)), "person": (None, takers),
                        "left out": (None, left_out)})  # fmt: skip
    return change_set
