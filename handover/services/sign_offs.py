"""Sign-offs: who signs what, in order; and that somebody did not, as HR notes it.

The view asks for the password again before it calls `sign`.
"""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import record
from accounts.models import Notice
from accounts.service import service
from accounts.services.notifications import addressee, notify
from handover.models import Departure, SignOff
from handover.selectors import sign_offs as shapes
from kit.digests import digest_of
from kit.errors import Conflict, NotAllowed, Refused


@service(Action.DEPARTURE_RUN, on="departure", people=("person",))
def name_witness(*, actor, departure, person):
    """Name the neutral person who watches a handover. Returns the case."""
    running(departure)
    if not shapes.can_watch(departure, person):
        raise Refused(shapes.NOT_NEUTRAL, field="person")
    before, departure.witness = departure.witness_id, person
    departure.version += 1
    departure.save()
    record(departure, {"witness": (before, person)})
    return departure


@service(Action.DEPARTURE_VIEW, on="departure")
def sign(*, actor, departure, signer, agreed, seen):
    """Sign a case as `signer`. Returns the SignOff.

    agreed: the numbers of the statements that were ticked; all of them must be. seen: the digest of
    what was read; if the case is another one by now, it is a Conflict. Raises NotAllowed where it
    is not this person's to sign, Conflict out of order.
    """
    running(departure)
    slot = shapes.slot_of(departure, actor, signer)
    if slot is None:
        raise NotAllowed()
    in_order(slot)
    distinct(departure, slot, actor)
    content = shapes.to_sign(departure, slot, actor)
    if set(agreed) != set(range(len(content["statements"]))):
        raise Refused(_("Tick both statements to sign"), field="agreed")
    if seen != digest_of(content):
        raise Conflict(_("The case has changed meanwhile. Read again what you sign."))
    return put(departure, slot, actor, content)


@service(Action.DEPARTURE_RUN, on="departure")
def note_missing(*, actor, departure, signer, why, person=None):
    """HR notes that somebody did not sign, and why; everybody after them reads it. Returns the row.

    person: which successor. The own signature of HR is never noted so.
    """
    running(departure)
    key = person and person.pk
    found = [one for one in shapes.slots(departure) if one.signer == signer
             and (signer != SignOff.Signer.SUCCESSOR or one.person.pk == key)]  # fmt: skip
    if not found or signer == SignOff.Signer.HR:
        raise NotAllowed()
    in_order(found[0])
    if not (why or "").strip():
        raise Refused(_("Say why"), field="why")
    if len(why) > 300:
        raise Refused(_("This text is too long."), field="why")
    whose = found[0].person
    content = shapes.to_sign(departure, found[0], whose) | {"missing_because": why.strip()}
    return put(departure, found[0], actor, content, whose=whose, why=why.strip())


def put(departure, slot, actor, content, whose=None, why=""):
    """Write one row, its digest and its entry in the trail."""
    row = SignOff.objects.create(
        departure=departure, signer=slot.signer, person=whose if why else actor, made_by=actor,
        missing_because=why, content=content, digest=digest_of(content),
    )  # fmt: skip
    told = {"signer": (None, slot.signer), "digest": (None, row.digest)}
    record(row, told | {"missing_because": (None, why)}, personal=("missing_because",))
    tell_next(departure)
    return row


def tell_next(departure):
    """Tell whoever signs next that it is their turn; who that is, is asked when it is sent."""
    notify("sign_offs.turn", to="sign_offs.next", kind=Notice.Kind.ACTION,
           url=reverse("handover:sign-offs", args=[departure.pk]),
           values={"departure": departure.pk, "person": departure.person_id},
           departure=departure.pk, after=departure.sign_offs.count())  # fmt: skip


@addressee("sign_offs.next")
def next_signer(about):
    """Whose turn it is now; nobody, if somebody has signed since or it is a department's."""
    departure = Departure.objects.filter(pk=about["departure"], state="open").first()
    if departure is None or departure.sign_offs.count() != about["after"]:
        return None
    slot = next((slot for slot in shapes.slots(departure) if slot.is_next), None)
    person = slot and (slot.person or shapes.of_department(departure, slot.signer))
    return person if person and can(person, Action.DEPARTURE_VIEW, departure) else None


def running(departure):
    """Only an open case is worked on."""
    if departure.state != Departure.State.OPEN:
        raise Conflict(_("This case is not open."))


def in_order(slot):
    """One after the other; again only what has changed since."""
    if slot.row is not None and not shapes.may_sign(slot):
        raise Conflict(_("This has been signed already."))
    if not shapes.may_sign(slot):
        raise Conflict(_("Others sign before. It is not the turn of this signature yet."))


def distinct(departure, slot, actor):
    """Leaver, successor and witness are three people; nobody watches what they have a part in."""
    if slot.signer == SignOff.Signer.WITNESS and not shapes.is_neutral(departure, actor):
        raise Refused(_("The witness neither gives, takes nor supervises. HR names somebody else."))
    part = SignOff.objects.filter(departure=departure, person=actor.pk, missing_because="")
    if slot.signer != SignOff.Signer.WITNESS and part.filter(signer="witness").exists():
        raise Refused(_("The witness signs nothing else in this case."))
