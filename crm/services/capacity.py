"""The rules of ownership, what one person can carry, and the guards of seats that rest on both."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record
from accounts.models import Absence
from accounts.service import only, service
from crm.models import Assignment, Capacity, OwnershipRules
from crm.models.capacity import MOST_POINTS
from crm.seats import Seat
from crm.selectors import capacity
from kit import guards
from kit.clock import StatementNow
from kit.errors import NotAllowed, Refused
from kit.templatetags.words import day_words, shown_name
from kit.versions import unchanged

RULES = {
    "weight_a", "weight_b", "weight_c", "default_capacity", "approval_rows", "approval_tier",
    "acceptance_days",
}  # fmt: skip
MOST_WEIGHT = 100
MOST_ROWS = 5_000
MOST_DAYS = 30


@service(Action.RULES_EDIT)
def change_rules(*, actor, values, version=None):
    """Change the rules of ownership: fields of RULES, of which `version` is the tag seen.

    They count from now on. Raises Conflict when somebody else changed them meanwhile.
    """
    values = only(values, RULES)
    rules = OwnershipRules.objects.select_for_update().get(pk=1)
    unchanged(rules, RULES, version)
    changes = assign(rules, values)
    sound(rules)
    rules.save()
    record(rules, changes)
    return rules


def sound(rules):
    """Rules that can be meant, or Refused at the first field that is wrong."""
    most = {
        **dict.fromkeys(("weight_a", "weight_b", "weight_c"), MOST_WEIGHT),
        "default_capacity": MOST_POINTS, "approval_rows": MOST_ROWS, "acceptance_days": MOST_DAYS,
    }  # fmt: skip
    try:
        rules.clean_fields(exclude=["id"])
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused(messages[0], field=field) from error
    for field, limit in most.items():
        if not 0 <= getattr(rules, field) <= limit:
            text = _("Enter a number between 0 and %(most)s") % {"most": limit}
            raise Refused(text, field=field)
    if not rules.weight_a >= rules.weight_b >= rules.weight_c:
        text = _("A better tier counts at least as much as the one below it.")
        raise Refused(text, field="weight_a")


@service(Action.SEAT_ASSIGN, on="person")
def set_capacity(*, actor, person, limit=None):
    """Say how many points one person can carry; None: as everybody. Nobody says it of themselves."""
    if actor.pk == person.pk:
        raise NotAllowed(_("Nobody sets their own limit."))
    if limit is not None and not 0 <= limit <= MOST_POINTS:
        text = _("Enter a number between 0 and %(most)s") % {"most": MOST_POINTS}
        raise Refused(text, field="limit")
    known = Capacity.objects.filter(person=person).first()
    before = known and known.limit
    row = known or Capacity(person=person)
    if limit is not None:
        row.limit = limit
        row.save()
    record(person, {"load limit": (before, limit)})
    if limit is None and known:
        row.delete()
    return row


# -- who may receive -------------------------------------------------------------------------------
def absence_of(person, at=None):
    """The absence of a person now, or at the instant at which a seat would begin."""
    for instant in (StatementNow(), at):
        row = instant and Absence.objects.filter(person=person, period__contains=instant).first()
        if row:
            return row
    return None


def away_until(*, actor, person, at=None, **rest):
    """That somebody is away; until when is told to those who may see it."""
    row = absence_of(person, at)
    seen = row and Absence.objects.visible_to(actor).filter(pk=row.pk).exists()
    if not seen or row.last_day is None:
        return _("%(who)s is away and cannot receive customers.") % {"who": shown_name(person)}
    text = _("%(who)s is away until %(day)s and cannot receive customers.")
    return text % {"who": shown_name(person), "day": day_words(row.last_day)}


@guards.guard("ownership.assign", away_until)
def receiver_is_absent(*, person, at=None, **rest):
    return absence_of(person, at) is not None


def load_then(actor, person, customer):
    """(points, limit) of a person once this customer is theirs, as far as the actor sees."""
    load = capacity.loads([person.pk], actor)[person.pk]
    held = Assignment.objects.current().filter(
        customer=customer, person=person, seat=Seat.ACCOUNT_MANAGER
    )
    came = [] if held.exists() else [customer.tier]
    return capacity.after(load, came), capacity.limit_of(person)


def too_much(*, actor, person, customer, **rest):
    """How much it would be, of how much."""
    load, limit = load_then(actor, person, customer)
    text = _("%(who)s would carry %(load)s points; the limit is %(limit)s. Say why all the same.")
    return text % {"who": shown_name(person), "load": capacity.plain(load), "limit": limit}


@guards.guard("ownership.assign", too_much, overridable=True)
def receiver_is_over_capacity(*, actor, person, customer, seat, **rest):
    """Only the account manager carries a customer."""
    if seat != Seat.ACCOUNT_MANAGER:
        return False
    load, limit = load_then(actor, person, customer)
    return load > limit
