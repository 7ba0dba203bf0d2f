"""The list of documents of a case, and what its leaver still holds."""

from dataclasses import dataclass

from accounts.access import Action, Reach, Role, can, reach
from accounts.selectors.holdings import grouped, held_by
from accounts.selectors.org import people_led_by
from accounts.selectors.people import directory
from crm.models import Document
from handover.models import HandoverDocument
from handover.selectors.sign_offs import successors
from kit.registry import Held


def listed(person, departure):
    """The documents of a case that a person sees, with their customers; the whole case's first.

    `paper` is the document of the customer's file whose original it is, where the person sees that.
    """
    rows = HandoverDocument.objects.visible_to(person).filter(departure=departure)
    rows = list(rows.select_related("handover__customer", "handover__successor", "ticked_by"))
    keys = {row.original_id for row in rows} - {None}
    papers = Document.objects.visible_to(person).in_bulk(keys) if keys else {}
    for row in rows:
        row.paper = papers.get(row.original_id)
    return sorted(rows, key=lambda row: (row.handover.place if row.handover else 0, row.pk))


def may_list(person, departure):
    """Whether somebody adds lines: the leaver, who takes over, who runs the case or leads it."""
    return person.pk == departure.person_id or may_receive(person, departure)


def may_receive(person, departure):
    """Whether somebody receives what is of no customer: whoever takes over, runs or leads; never the giver."""
    if person.pk == departure.person_id:
        return False
    return runs(person, departure) or person.pk in {one.pk for one in successors(departure)}


def may_tick(person, departure, document):
    """Whether somebody says what became of a line: its receiver, never the giver."""
    if person.pk == departure.person_id:
        return False
    if document.handover is None:
        return may_receive(person, departure)
    return runs(person, departure) or document.handover.successor_id == person.pk


def runs(person, departure):
    """Whether a person answers for a case of somebody else: runs it, or leads the leaver."""
    if person.pk == departure.person_id:
        return False
    leads = reach(person, Action.DEPARTURE_VIEW) > Reach.OWN
    if leads and departure.person_id in people_led_by(person):
        return True
    return can(person, Action.DEPARTURE_RUN, departure)


def reads_all(person, departure):
    """Whether a person reads the whole of a case: who answers for it, its witness, an auditor."""
    if person.pk in (departure.person_id, departure.witness_id):
        return True
    return reach(person, Action.DEPARTURE_VIEW) == Reach.ALL or runs(person, departure)


@dataclass
class Group:
    """Lines of the registry with one disposition, and how many rows of them are still open."""

    becomes: Held
    lines: list
    open: int


def registry(person, departure):
    """What the registry knows of the leaver, a Group per disposition that asks for an act.

    Nothing where the viewer may not see what depends on the leaver.
    """
    people = directory().visible_to(person, Action.EXPOSURE_VIEW)
    if not people.filter(pk=departure.person_id).exists():
        return []
    found = grouped(held_by(departure.person, person))
    return [
        Group(becomes, [line for line in full if line.open], sum(line.open for line in full))
        for becomes, full, _empty in found if becomes != Held.HISTORY
    ]  # fmt: skip


def takers(departure):
    """Who can take over a channel or a thing: anybody who is here, but the leaver."""
    people = directory().filter(state="active").exclude(pk=departure.person_id)
    return people.order_by("sort_key")


def may_keep(person, departure):
    """Whether somebody says who has a thing now: who runs or leads the case, and IT."""
    return person.pk != departure.person_id and (
        person.has_role(Role.IT) or runs(person, departure)
    )
