"""Exemptions from rotation: asked for with a reason and an end, decided by somebody else by tier."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.access import Action, reach
from accounts.audit import record
from accounts.models import Notice
from accounts.selectors.org import able_head_above
from accounts.service import service
from accounts.services.notifications import addressee, notify
from crm.seats import Seat
from crm.selectors.ownership import holder
from handover.models import RotationExemption
from handover.selectors import rotation as clocks
from handover.selectors.rotation_exemptions import decider_level, in_tenure
from kit.clock import database_now
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.once import first_of, harmless_twice
from kit.state import move

State = RotationExemption.State


@harmless_twice
@service(Action.CUSTOMER_EDIT, on="customer", people=("second_contact",))
def ask(*, actor, customer, why, until, second_contact, note="", client_uuid=None):
    """Ask that a customer stays with its account manager until a day. Returns the exemption.

    why: code of a reason of the policy. until: a date, at most the days of the policy ahead.
    second_contact: somebody else of ours who stays in touch with the customer.
    """
    first_of(RotationExemption, client_uuid, asked_by=actor)
    manager = holder(customer, Seat.ACCOUNT_MANAGER)
    if manager is None:
        raise Refused(_("Nobody looks after this customer: there is no clock to stop."))
    rules = clocks.policy()["exemptions"]
    sound(rules, why, until, second_contact, manager)
    known = in_tenure(customer, manager)
    if known.filter(state=State.ASKED).exists():
        raise Conflict(_("An exemption of this customer waits for its decision already."))
    if known.filter(state__in=[State.APPROVED, State.ENDED]).count() > rules["renewable_times"]:
        raise Refused(_("This exemption was renewed already. Plan the rotation instead."))
    row = RotationExemption.objects.create(
        customer=customer, person=manager, reason=why, note=note.strip()[:300], until=until,
        second_contact=second_contact, asked_by=actor, client_uuid=client_uuid,
    )  # fmt: skip
    record(row, {"why": (None, why), "until": (None, until), "second contact": (None, second_contact.pk),
                 "note": (None, row.note)}, customer=customer, personal=("note",))  # fmt: skip
    notify("rotation.exemption", to="rotation.exemption.decider", kind=Notice.Kind.DECISION,
           url=row.get_absolute_url(), values={"exemption": row.pk}, exemption=row.pk)  # fmt: skip
    return row


def sound(rules, why, until, second_contact, manager):
    """Refuse, at its field, what the policy does not allow."""
    if why not in {part["id"] for part in rules["reasons"]}:
        raise Refused(_("Choose one of the reasons."), field="why")
    day = today(company_zone())
    if not day < until <= day + timedelta(days=rules["max_days"]):
        text = _("Choose a day ahead, at most %(days)s days from today.")
        raise Refused(text % {"days": rules["max_days"]}, field="until")
    stays(second_contact, manager.pk)


def stays(second_contact, manager):
    """Refuse a second contact who is not here, or is the account manager (key)."""
    if second_contact.pk == manager or second_contact.state != second_contact.State.ACTIVE:
        raise Refused(_("Choose somebody else who can look after the customer too."),
                      field="second_contact")  # fmt: skip


@service(Action.SEAT_ASSIGN, on="exemption")
def decide(*, actor, exemption, approved, note=""):
    """Approve or refuse an exemption: somebody else than who asked, as high as its tier needs."""
    if actor.pk in (exemption.asked_by_id, exemption.person_id):
        raise NotAllowed(_("Somebody else has to decide this: not who asked, and not the account manager."))  # fmt: skip
    if reach(actor, Action.SEAT_ASSIGN) < decider_level(exemption.customer):
        raise NotAllowed(_("Somebody higher decides about customers of this tier."))
    if exemption.state != State.ASKED:
        raise Conflict(_("This was decided already."))
    if approved and exemption.until < today(company_zone()):
        raise Conflict(_("Its end has passed. Ask again."))
    if not approved and not note.strip():
        raise Refused(_("Say why."), field="note")
    after = State.APPROVED if approved else State.REFUSED
    move(exemption, "state", after, RotationExemption.MOVES)
    exemption.decided_by, exemption.decided_at = actor, database_now()
    exemption.decision_note = note.strip()[:300]
    exemption.save()
    record(exemption, {"state": (State.ASKED, after), "note": (None, exemption.decision_note)},
           customer=exemption.customer_id, personal=("note",))  # fmt: skip
    notify("rotation.exemption.decided", to=exemption.asked_by_id, url=exemption.get_absolute_url(),
           values={"exemption": exemption.pk})  # fmt: skip
    return exemption


@service(Action.SEAT_ASSIGN, on="exemption", people=("second_contact",))
def change_second_contact(*, actor, exemption, second_contact):
    """Let somebody else be the second contact of an exemption that is in force, as the first one goes."""
    if exemption.state != State.APPROVED:
        raise Conflict(_("This exemption is not in force."))
    stays(second_contact, exemption.person_id)
    before, exemption.second_contact = exemption.second_contact_id, second_contact
    exemption.save()
    record(exemption, {"second contact": (before, second_contact.pk)}, customer=exemption.customer_id)  # fmt: skip
    return exemption


@service(Action.SEAT_ASSIGN, on="exemption")
def end(*, actor, exemption):
    """End an approved exemption before its day; the clock goes on as if it had ended now."""
    if exemption.state != State.APPROVED:
        raise Conflict(_("This exemption is not in force."))
    move(exemption, "state", State.ENDED, RotationExemption.MOVES)
    exemption.save()
    record(exemption, {"state": (State.APPROVED, State.ENDED)}, customer=exemption.customer_id)
    return exemption


@addressee("rotation.exemption.decider")
def decider(about):
    """The nearest head above the account manager who may decide it, when the notice is sent."""
    row = RotationExemption.objects.filter(pk=about["exemption"], state=State.ASKED).first()
    if row is None:
        return None
    least = decider_level(row.customer)

    def may(head):
        return head.pk != row.asked_by_id and reach(head, Action.SEAT_ASSIGN) >= least

    return able_head_above(row.person, may)
