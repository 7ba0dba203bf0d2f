"""Phones, mails and the contact they belong to, for the kinds that bring them."""

from dataclasses import dataclass, field

from crm.models import Contact, ContactChannel, Position
from crm.services import channels, contacts

Channel = ContactChannel.Kind
HELD = ContactChannel.HeldBy.COMPANY
NUMBER, LABEL = 254, 40  # longest of a value and of its label


@dataclass
class Line:
    """A contact to be written: name, values of the place, channels, other values."""

    name: str
    place: dict
    channels: list
    values: dict = field(default_factory=dict)


def line_of(item, run):
    """The channels of a row: kind, value and label of each; what is wrong with one is said."""
    found = []
    for header, several in item.get("phone", []):
        for phone in several:
            if phone.stored.strip():
                found.append(phone_of(item, run, header, phone))
    for header, several in item.get("mail", []):
        for mail in several:
            if mail.faults:
                item.remark("mail", header)
            else:
                found.append(channel(Channel.MAIL, mail.address))
    for kind, name in (
        (Channel.WECHAT, "wechat"),
        (Channel.WECOM, "wecom"),
        (Channel.OTHER, "website"),
    ):
        if item.get(name):
            label = "Website" if name == "website" else ""
            found.append(channel(kind, item.given[name], label))
    unique = {(one["kind"], one["value"]): one for one in reversed(found)}
    return list(reversed(unique.values()))


def phone_of(item, run, header, phone):
    """One number; one with a fault is kept as it was written, and its row says why."""
    for fault in phone.faults:
        item.remark(f"phone:{fault.code}", header)
    if phone.faults:
        run.note("phones")
    return channel(Channel.PHONE, phone.stored, phone.label)


def channel(kind, value, label=""):
    return {"kind": kind, "value": value[:NUMBER], "held_by": HELD, "label": label[:LABEL]}


def put_line(run, lines):
    """Write contacts with their places and channels. lines: (item, ids of the customers, Line)."""
    made = [Contact(name=line.name[:80], **line.values) for _item, _customers, line in lines]
    positions = [
        Position(contact=contact, customer_id=pk, **line.place)
        for contact, (_item, customers, line) in zip(made, lines, strict=True)
        for pk in customers
    ]
    contacts.insert(made, positions)
    rows = [
        (customers[0], contact, values)
        for contact, (_item, customers, line) in zip(made, lines, strict=True)
        for values in line.channels
    ]
    written = channels.insert(rows)
    items = {id(contact): item for contact, (item, _c, _l) in zip(made, lines, strict=True)}
    for contact in made:
        items[id(contact)].made += [("crm.contact", contact.pk), ("kit.subjectkey", contact.key_id)]
    for position in positions:
        items[id(position.contact)].made.append(("crm.position", position.pk))
    for row, (_customer, contact, _values) in zip(written, rows, strict=True):
        items[id(contact)].made.append(("crm.contactchannel", row.pk))
    return made


def places(customer_ids):
    """Of these customers, those that have a contact."""
    rows = Position.objects.filter(customer__in=list(customer_ids))
    return rows.values_list("customer", flat=True).distinct()
