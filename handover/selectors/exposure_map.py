"""Who loses whom: the leavers and colleagues on one side, key persons on the other, with threads."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from crm.models import Position
from crm.selectors import network
from kit.templatetags.words import shown_name

MOST = 6  # key persons in the picture
COLLEAGUES = 4
LOOKED = 20  # most dangerous customers whose key persons are looked at


@dataclass
class Picture:
    """Rows and threads of a relation map."""

    ours: list = field(default_factory=list)
    theirs: list = field(default_factory=list)
    threads: list = field(default_factory=list)
    customers: list = field(default_factory=list)  # ids of those it names


def of(viewer, exposure):
    """The Picture of the key persons that the viewer may know, those nobody else knows first.

    None where there is none.
    """
    places = key_places(viewer, exposure)
    if not places:
        return None
    contacts = {place.contact_id: place.contact for place in places}
    lone = {key.contact_id for key in exposure.keys}
    customers = [place.customer_id for place in places]
    threads = network.threads(viewer, contacts, customers)
    return Picture(
        ours_of(exposure, threads, lone & set(contacts)),
        [theirs_of(place) for place in places],
        [thread_of(thread, exposure.leaving) for thread in threads],
        customers,
    )  # fmt: skip


def key_places(viewer, exposure):
    """Places of key persons at these customers as far as the viewer may know that they are such.

    Looked for where somebody is lost, then at the most dangerous customers.
    """
    lone = {key.contact_id for key in exposure.keys}
    first = [row.customer.pk for row in exposure.having("keys")][:MOST]
    order = {pk: place for place, pk in enumerate(dict.fromkeys([*first, *exposure.ids[:LOOKED]]))}
    rows = Position.objects.open().visible_to(viewer).filter(customer__in=list(order))
    rows = rows.marked_for(viewer).filter(is_key=True).select_related("contact", "customer")
    found = {}
    for row in sorted(rows, key=lambda row: (row.contact_id not in lone, order[row.customer_id])):
        found.setdefault(row.contact_id, row)
    return list(found.values())[:MOST]


def ours_of(exposure, threads, lone):
    """Rows of our side: who would leave, who else knows somebody, and nobody."""
    rows = [row_of(person, _("would leave"), leaving=True) for person in exposure.people]
    others = {}
    for thread in threads:
        if thread.person.pk not in exposure.leaving:
            others.setdefault(thread.person, []).append(thread)
    for person, known in list(others.items())[:COLLEAGUES]:
        number = len(known)
        note = ngettext("%(n)s of these", "%(n)s of these", number) % {"n": number}
        rows.append(row_of(person, note))
    if lone:
        text = ngettext("for %(n)s key person", "for %(n)s key persons", len(lone))
        rows.append({"id": 0, "name": _("Nobody else"), "note": text % {"n": len(lone)}, "url": "",
                     "leaving": False, "nobody": True})  # fmt: skip
    return rows


def row_of(person: Person, note, leaving=False):
    return {"id": person.pk, "name": shown_name(person), "note": note, "leaving": leaving,
            "url": person.get_absolute_url(), "nobody": False}  # fmt: skip


def theirs_of(place):
    contact = place.contact
    return {"id": contact.pk, "name": contact.name, "note": place.customer.name, "leaving": False,
            "url": contact.get_absolute_url(), "nobody": False}  # fmt: skip


def thread_of(thread, leaving):
    return {"ours": thread.person.pk, "theirs": thread.contact.pk, "strength": thread.tier,
            "leaving": thread.person.pk in leaving}  # fmt: skip
