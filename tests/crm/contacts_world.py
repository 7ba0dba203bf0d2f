"""Contacts for the tests: Wang Fang at Huadong (East), and one who sits at two customers."""

from crm.services import channels, contacts

PHONE, MAIL = "138 1234 5678", "Wang.Fang@Huadong.example"
CLEAR = ("+8613812345678", "13812345678", "138 1234 5678", "wang.fang@huadong.example")


def wang(cast, actor=None, customer=None, **values):
    """Wang Fang of Huadong, with a company phone and a private mail."""
    return contacts.create(
        actor=actor or cast.li, customer=customer or cast.huadong,
        values={"name": "王芳", "latin_name": "Wang Fang"} | values,
        place={"title": "采购经理", "function": "purchase", "is_key_person": True},
        channels=[
            {"kind": "phone", "value": PHONE},
            {"kind": "mail", "value": MAIL, "held_by": "private"},
        ],
    )  # fmt: skip


def at_both(cast):
    """Wang Fang, who also sits at Nanqiao (South)."""
    contact = wang(cast)
    contacts.add_position(
        actor=cast.system, customer=cast.nanqiao, contact=contact, values={"title": "顾问"}
    )
    return contact


def phone_of(contact):
    return contact.channels.get(kind="phone", ended_at=None)


def phones(actor, customer, contact, count, start=0):
    """Give a contact `count` more phones; returns the channels."""
    return [
        channels.add(actor=actor, customer=customer, contact=contact,
                     values={"kind": "phone", "value": f"139{number:08}"})
        for number in range(start, start + count)
    ]  # fmt: skip


def sign_in(client, person):
    client.force_login(person, backend="accounts.backends.SignIn")
    return client
