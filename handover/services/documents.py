"""Documents and things are listed by whoever knows them, and ticked by whoever receives them."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, initial, record, record_many
from accounts.service import clean, only, service
from crm.models import Document
from crm.services import customer_documents
from handover.models import HandoverDocument, HeldThing
from handover.selectors import documents as shapes
from handover.services.sign_offs import running
from kit import bulk
from kit.clock import database_now
from kit.errors import NotAllowed, Refused
from kit.versions import same_version

LINE = {"kind", "title", "handover"}
THING = {"kind", "title"}
USUAL = ("contract", "prices", "account")  # of every customer of tier A or B
State = HandoverDocument.State


@service(Action.DEPARTURE_VIEW, on="departure")
def add(*, actor, departure, values):
    """Add a line to the list of documents. values: fields of LINE. Returns it."""
    running(departure)
    values = only(values, LINE)
    handover = values.get("handover")
    if not shapes.may_list(actor, departure):
        raise NotAllowed()
    if handover is not None and handover.departure_id != departure.pk:
        raise Refused(_("Choose a customer of this case"), field="handover")
    row = HandoverDocument(departure=departure, made_by=actor, **values)
    clean(row, {"kind", "title"})
    if row.kind == HandoverDocument.Kind.OTHER and not row.title.strip():
        raise Refused(_("Say what it is"), field="title")
    row.save()
    record(row, initial(row, LINE), customer=handover and handover.customer_id)
    return row


@service(Action.DEPARTURE_VIEW, on="departure")
def expect(*, actor, departure):
    """Put the usual documents of every customer of tier A or B on the list, and the paper originals
    that the leaver keeps. Returns the new lines.
    """
    running(departure)
    if not shapes.may_list(actor, departure):
        raise NotAllowed()
    rows = list_originals(actor, departure)
    have = set(departure.documents.values_list("handover", "kind"))
    usual = [
        HandoverDocument(departure=departure, handover=handover, kind=kind, made_by=actor)
        for handover in departure.customers.filter(tier__in="AB").order_by("place")
        for kind in USUAL if (handover.pk, kind) not in have
    ]  # fmt: skip
    if not rows and not usual:
        raise Refused(_("The usual documents are on the list already."))
    return rows + written(usual)


def list_originals(actor, departure):
    """Put the paper originals that the leaver keeps on the list, each once. Returns the new lines."""
    listed = departure.documents.exclude(original=None).values("original")
    kept = Document.objects.filter(holder=departure.person_id).exclude(pk__in=listed)
    places = {row.customer_id: row for row in departure.customers.all()}
    return written([
        HandoverDocument(departure=departure, original=document, kind=document.category,
                         handover=places.get(document.customer_id), made_by=actor)
        for document in kept.order_by("pk")
    ])  # fmt: skip


def written(rows):
    """New lines of the list, written and recorded."""
    if rows:
        bulk.write(rows)
        record_many([{"subject": row, "customer": row.handover and row.handover.customer_id,
                      "changes": {"kind": (None, row.kind)}} for row in rows])  # fmt: skip
    return rows


@service(Action.DEPARTURE_VIEW, on="departure")
def tick(*, actor, departure, document, state, why="", version):
    """The receiver says what became of a document. Returns it.

    why: must be said of what is missing or does not apply. A paper original that the leaver keeps is
    with the receiver from then on, or with nobody. Raises NotAllowed for the giver.
    """
    running(departure)
    document = locked(HandoverDocument, document, departure)
    if not shapes.may_tick(actor, departure, document):
        raise NotAllowed(_("Whoever receives it says so, not whoever gives it."))
    same_version(document, version)
    state, why = State(state), (why or "").strip()
    if state in HandoverDocument.EXPLAINED and not why:
        raise Refused(_("Say why"), field="why")
    done, kept_by = state != State.EXPECTED, keeper(departure, document)
    changes = assign(document, {"state": state, "reason": why})
    document.ticked_by, document.ticked_at = (actor, database_now()) if done else (None, None)
    clean(document, {"reason"}, at="why")
    document.version += 1
    document.save()
    record(document, changes, customer=document.handover and document.handover.customer_id)
    if document.original is not None:
        customer_documents.hand_on(document.original, kept_by, keeper(departure, document))
    return document


def keeper(departure, document):
    """Who has the paper of a line, as it stands: its leaver, its receiver, or nobody."""
    if document.state == State.EXPECTED:
        return departure.person
    if document.state in HandoverDocument.EXPLAINED:
        return None
    return (document.handover and document.handover.successor) or document.ticked_by


@service(Action.DEPARTURE_VIEW, on="departure")
def add_thing(*, actor, departure, values):
    """Note a channel or a thing that the leaver has. values: fields of THING. Returns it."""
    running(departure)
    if actor.pk != departure.person_id and not shapes.may_keep(actor, departure):
        raise NotAllowed()
    row = HeldThing(departure=departure, made_by=actor, **only(values, THING))
    clean(row, {"kind", "title"})
    row.save()
    record(row, initial(row, THING))
    return row


@service(Action.DEPARTURE_VIEW, on="departure", people=("taker",))
def take_back(*, actor, departure, thing, taker, proof, version):
    """A thing is back or blocked: who has it now, and what shows it. Returns it.

    taker: None where nobody has it any more. proof: must be said. Never by the leaver.
    """
    running(departure)
    thing = locked(HeldThing, thing, departure)
    if not shapes.may_keep(actor, departure):
        raise NotAllowed(_("Whoever receives it says so, not whoever gives it."))
    same_version(thing, version)
    if taker is not None and (taker.pk == departure.person_id or not taker.has_access):
        raise Refused(_("Choose somebody who is here"), field="taker")
    changes = assign(thing, {"taker": taker, "proof": (proof or "").strip()})
    if not thing.proof:
        raise Refused(_("Say what shows that it is done"), field="proof")
    clean(thing, {"proof"})
    thing.done_by, thing.done_at = actor, database_now()
    thing.version += 1
    thing.save()
    record(thing, changes)
    return thing


def locked(model, row, departure):
    """A row of the case, under its own lock; of another case it is not there."""
    from django.http import Http404

    found = model.objects.select_for_update(of=("self",)).filter(pk=row.pk, departure=departure)
    if (first := found.first()) is None:
        raise Http404
    return first
