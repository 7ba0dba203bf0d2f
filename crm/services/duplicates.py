"""Is this customer known already? What is answered gives away nothing but that.

Within one's own sight names are compared openly. Beyond it only the full legal name counts, whoever
holds that customer: "Already known. Ask your manager." A part of a name, a phone, a mail of a foreign
customer is as unknown as any. Entering it anyway files a dispute that the person does not see.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Role
from accounts.audit import record
from accounts.models import Notice, Person
from accounts.selectors.org import head_of, supervisor_of
from accounts.services.notifications import notify
from crm.models import Customer
from crm.seats import Seat
from crm.selectors.ownership import holder
from kit import limits, names
from kit.errors import Refused

CHECKS, WINDOW = 30, timedelta(hours=1)  # checks a person may make in an hour
MOST = 5  # doubles that are told to their heads

YOURS = "yours"  # in one's own sight, same legal name: no second one
SAME_NAME = "same_name"  # in one's own sight, same short name: perhaps another
KNOWN = "known"  # beyond one's sight, same legal name: ask the manager


def check(actor, customer, anyway=False):
    """Refuse an unsaved customer that is known; returns the foreign ones with its legal name.

    anyway: the actor has been told and insists, where that is possible.
    """
    others = check_legal_name(actor, customer.legal_name, anyway)
    mine = None if anyway else same_name(Customer.objects.visible_to(actor), customer.name)
    if mine:
        raise Refused(in_sight(actor, mine), field="name", code=SAME_NAME, tells=[mine.pk])
    return others


def check_legal_name(actor, name, anyway=False, but=None):
    """Refuse a legal name that is known; returns the foreign customers that have it.

    but: key of the customer that is to be called so; it does not count.
    """
    found = same_legal_name(name, but)
    seen = Customer.objects.visible_to(actor).filter(pk__in=[one.pk for one in found])
    mine = seen.first() if found else None
    if mine:
        raise Refused(in_sight(actor, mine), field="legal_name", code=YOURS, tells=[mine.pk])
    if found and not anyway:
        raise Refused(
            _("Already known. Ask your manager."), field="legal_name", code=KNOWN,
            tells=[one.pk for one in found],
        )  # fmt: skip
    return found


def same_legal_name(name, but=None):
    """Organisations whose legal name differs from `name` by signs, blanks, case and width at most."""
    key = names.bare(name)
    if not key:
        return []
    rows = Customer.objects.filter(legal_key=key[:200]).exclude(pk=but).order_by("pk")
    return [one for one in rows if names.bare(one.legal_name) == key][:MOST]


def same_name(customers, name):
    """The first of `customers` whose short name is `name`, case and width aside; or None."""
    name = names.fold(name)
    part = Q(search_key=name) | Q(search_key__startswith=f"{name}|")
    found = (one for one in customers.filter(part).order_by("pk") if names.fold(one.name) == name)
    return next(found, None)


def spend(actor, legal_name):
    """Count a check by somebody of ours, so that nobody asks for name after name."""
    if names.bare(legal_name) and Role.SYSTEM not in actor.roles:
        limits.spend(f"duplicates:{actor.pk}", limit=CHECKS, window=WINDOW)


def in_sight(actor, customer):
    """What is said of a customer that the actor sees."""
    holding = holder(customer, Seat.ACCOUNT_MANAGER)
    text = (
        _("You already look after %(customer)s")
        if holding == actor
        else _("%(customer)s is a customer already")
    )
    return text % {"customer": customer.legal_name or customer.name}


def dispute(customer, others):
    """Tell the heads of the holders, in the name of the company, that their customer was entered again."""
    if not others:
        return
    with audit.verb("customers.dispute", Person.objects.system()):
        for other in others:
            record(other, {"entered_again_as": (None, customer.pk)}, customer=other)
            head = head_above(other)
            if head is not None:
                notify("customer.dispute", to=head.pk, kind=Notice.Kind.DECISION,
                       url=other.get_absolute_url(), values={"customer": other.pk})  # fmt: skip


def head_above(customer):
    """The head of the unit whose people hold the customer."""
    manager = holder(customer, Seat.ACCOUNT_MANAGER)
    if manager is not None:
        return supervisor_of(manager)
    unit = customer.home_unit
    while unit is not None:
        head = head_of(unit)
        if head is not None:
            return head
        unit = unit.parent
    return None
