"""A sudden departure: access is stopped at once, confirmed by a second person, or lifted again.

One transaction ends sessions, tokens and work, and from its commit on somebody else answers for
every customer: that is derived from the state of the person, so no seat moves and a lift brings
everything back. Shares give nothing while their receiver is frozen, so they need no end either.
"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.access import Action, Role
from accounts.audit import record, record_many
from accounts.models import Notice, Person
from accounts.service import service
from accounts.services import people
from accounts.services.notifications import notify
from handover.models import Departure, EmergencyCall, Freeze
from handover.selectors import calls, plan
from handover.selectors import emergency as ask
from handover.services import incidents
from kit import bulk, guards
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.locks import hold_off
from kit.models import Job
from kit.once import DoneAlready, harmless_twice
from kit.state import move

FROZEN = Person.State.FROZEN
REMINDED = timedelta(hours=20)  # after the freeze, while nobody has confirmed it


@harmless_twice
@service(Action.FREEZE, on="person")
def freeze(*, actor, person, trigger, evidence=""):
    """Stop all access of a person now. Returns the Freeze.

    trigger: a code of the content "emergency". evidence: what shows it; it stays out of the trail.
    A reason must be said. Raises Refused at the field, Conflict where the person is frozen already.
    """
    people.of_somebody_else(actor, person)
    standing = ask.in_force().filter(person=person).first()
    if standing and standing.frozen_by_id == actor.pk:
        raise DoneAlready(standing)
    refuse(actor, person, trigger, evidence)
    found = ask.consequences(person)
    proposals, offers = ask.proposals_for(person), list(ask.offers_for(person))
    called = calls.planned(person, found.answers, found.own)
    row = Freeze(
        person=person, trigger=trigger, reason=audit.running().reason.strip()[:500],
        evidence=evidence.strip(), state_before=person.state, frozen_by=actor, cut=found.counts,
        acting=[[one.pk, n] for one, n in found.acting], frozen_at=database_now(),
    )  # fmt: skip
    people.put_state(person, FROZEN)
    stop_jobs(person)
    row.save(force_insert=True)
    write_calls(row, called)
    record(row, {"person": (None, person), "trigger": (None, trigger), **told(row)})
    tell(row)
    put_back(person, proposals, offers)
    return row


def refuse(actor, person, trigger, evidence):
    """What cannot be frozen, or is said wrongly."""
    if not person.has_access:
        raise Conflict(_("This person has no access any more."), code="no_access")
    if trigger not in dict(ask.triggers()):
        raise Refused(_("Choose what has happened"), field="trigger")
    people.explained()
    if len(evidence) > Freeze._meta.get_field("evidence").max_length:
        raise Refused(_("This text is too long."), field="evidence")
    hold_off("people.last")  # two of them cannot freeze each other at the same moment
    guards.check("emergency.freeze", actor=actor, person=person)
    guards.check("people.set_state", person=person, stays_administrator=False, state=FROZEN)


@guards.guard(
    "emergency.freeze",
    gettext_lazy("This is the only person of HR. A director has to freeze them."),
)
def nobody_of_hr_left(*, actor, person, **rest):
    return ask.lonely_hr(person) and not actor.has_role(Role.DIRECTOR, Role.SYSTEM)


def told(row):
    """The numbers of a freeze as the trail tells them."""
    return {name: (None, number) for name, number in row.cut.items() if number}


def stop_jobs(person):
    """Work that waits is cancelled; what runs finds at its next step that its person has no access."""
    waiting = Job.objects.filter(person_id=person.pk, state=Job.State.WAITING)
    waiting.update(state=Job.State.CANCELLED, error="not_allowed", finished_at=timezone.now())


def write_calls(row, called):
    """The list of calls, in its order."""
    bulk.write([
        EmergencyCall(
            freeze=row, customer=one.customer, tier=one.customer.tier, value=one.value,
            alone=one.alone, due_soon=one.due_soon, caller=one.caller, place=place,
            due_at=row.frozen_at + one.within,
        )
        for place, one in enumerate(called, 1)
    ])  # fmt: skip


# -- the second person -----------------------------------------------------------------------------


@harmless_twice
@service(Action.FREEZE, on="freeze")
def confirm(*, actor, freeze):
    """Say as the second person that the freeze is right. Never who ordered it, never who is frozen."""
    if freeze.confirmed_by_id == actor.pk:
        raise DoneAlready(freeze)
    if not freeze.in_force:
        raise Conflict(_("This freeze is no longer in force."))
    if freeze.confirmed_at:
        raise Conflict(_("Somebody else has confirmed this already."))
    if not ask.may_confirm(actor, freeze):
        raise NotAllowed(_("A second person has to confirm this: not who ordered it."))
    freeze.confirmed_by, freeze.confirmed_at = actor, database_now()
    freeze.save()
    record(freeze, {"person": (freeze.person_id, freeze.person_id)})
    return freeze


@harmless_twice
@service(Action.FREEZE, on="person")
def lift(*, actor, person, freeze):
    """Give `person` the access back as it was before `freeze`; no session and no token lives again.

    A reason must be said. Conflict when a departure case of the person is open, or the person left.
    """
    people.of_somebody_else(actor, person)
    freeze = Freeze.objects.select_for_update().get(pk=freeze.pk, person=person)
    if freeze.lifted_at and freeze.lifted_by_id == actor.pk:
        raise DoneAlready(freeze)
    if not freeze.in_force or person.state != FROZEN:
        raise Conflict(_("This freeze is no longer in force."))
    if case := ask.overtaken_by(freeze):
        known = Departure.objects.visible_to(actor).filter(pk=case.pk).exists()
        text = _("A departure case is open. Withdraw it first.")
        raise Conflict(text if known else _("This cannot be lifted now. Ask HR."))
    people.explained()
    people.put_state(person, state_after(freeze))
    freeze.lifted_by, freeze.lifted_at = actor, database_now()
    freeze.lifted_why = audit.running().reason.strip()[:500]
    freeze.save()
    drop_calls(freeze)
    incidents.drop_all(actor, freeze)
    record(freeze, {"person": (freeze.person_id, freeze.person_id)})
    return freeze


def drop_calls(freeze):
    """What nobody has to ask any more, each call with its entry in the trail."""
    rows = list(freeze.calls.select_for_update().filter(state__in=calls.STEPS))
    told = []
    for row in rows:
        told.append({"subject": row, "customer": row.customer_id,
                     "changes": {"state": (row.state, EmergencyCall.State.DROPPED)}})  # fmt: skip
        move(row, "state", EmergencyCall.State.DROPPED, EmergencyCall.MOVES)
        row.version += 1
        row.save()
    record_many(told)


def state_after(freeze):
    """The state to which a lift brings the person back: as before, or as a case of theirs asks now.

    Conflict when the last day of such a case is over: their access has ended by that.
    """
    case = ask.known_case(freeze.person)
    if case is None:
        return Person.State(freeze.state_before)
    if plan.ends_at(case) <= database_now():
        raise Conflict(_("The last working day of this person is over."))
    return Person.State.ON_NOTICE


@people.ends_when_leaving
def ends(person):
    """Who has left is not frozen any more; the calls go on."""
    for row in ask.in_force().filter(person=person).select_for_update():
        row.ended_at = database_now()
        row.save()
        record(row, {"person": (person.pk, person.pk)})


# -- telling ---------------------------------------------------------------------------------------


def tell(row):
    """Ask for the second person now and again, and tell everybody who answers or calls from now on."""
    about = {"values": {"freeze": row.pk}, "url": row.get_absolute_url(), "freeze": row.pk}
    for to in ("freeze.head", "freeze.hr"):
        for due in (None, row.frozen_at + REMINDED):
            notify("freeze.confirm", to=to, kind=Notice.Kind.DECISION, due_at=due,
                   due_on=row.confirm_by.date(), **about)  # fmt: skip
    notify("freeze.unconfirmed", to="freeze.director", kind=Notice.Kind.DECISION,
           due_at=row.confirm_by, **about)  # fmt: skip
    mine = about | {"url": reverse("handover:freeze-my-calls"), "kind": Notice.Kind.ACTION}
    for person, _number in row.acting:
        notify("freeze.acting", to="freeze.acting", person=person, **mine)
    for person in sorted(set(row.calls.exclude(caller=None).values_list("caller", flat=True))):
        notify("freeze.calls", to="freeze.caller", person=person, **mine)
    for freeze, person in sorted(calls.left_by(row.person)):  # calls that were theirs to make
        notify("freeze.calls", to="freeze.caller", person=person, **(mine | {"freeze": freeze}))


def put_back(person, proposals, offers):
    """What waited for the person's decision waits for whoever stands above: they are told of it now."""
    about = {"kind": Notice.Kind.DECISION}
    for one in proposals:
        notify("changeset.proposed", to="changeset.approver", url=one.get_absolute_url(),
               values={"change_set": one.pk}, change_set=one.pk, **about)  # fmt: skip
    for one in offers:
        notify("changeset.silent", to="changeset.receiver_lead", url=one.get_absolute_url(),
               values={"change_set": one.pk}, change_set=one.pk, taker=person.pk, **about)  # fmt: skip
