"""Contacts come into being, change and move; each verb goes through one customer."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from accounts.access import Action, can
from accounts.models import TrailEntry
from crm.models import Contact, ContactChannel, Position
from crm.services import channels, contacts, shares
from kit import crypto
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from tests.crm.contacts_world import at_both, phone_of, wang

WHOLE = (Contact, Position, ContactChannel, TrailEntry)


def counts():
    return [model.objects.count() for model in WHOLE]


def test_account_manager_creates_a_contact_with_place_and_channels(cast):
    contact = wang(cast)
    place = contact.positions.get()
    assert (place.customer, place.title, place.is_key_person) == (cast.huadong, "采购经理", True)
    assert [row.value for row in contact.channels.all()] == [
        "wang.fang@huadong.example", "+8613812345678",
    ]  # fmt: skip
    assert list(TrailEntry.objects.values_list("verb", flat=True)[:1]) == ["contacts.create"]


def test_trail_keeps_personal_values_under_the_contacts_own_key(cast):
    contact = wang(cast)
    entry = TrailEntry.objects.get(verb="contacts.create", subject_type="crm.contact")
    sealed = bytes.fromhex(entry.changes["name"]["sealed"])
    assert crypto.unseal(contact.key.wrapped, sealed) == [None, "王芳"]
    assert entry.key_id == contact.key_id
    entry = TrailEntry.objects.filter(subject_type="crm.contactchannel").last()
    assert set(entry.changes["value"]) == {"sealed"}


@pytest.mark.parametrize(("name", "error"), [("gao", NotAllowed), ("chen", NotAllowed), ("fang", NotAllowed),
                                             ("wu", Http404), ("hu", Http404), ("mo", Http404), ("bai", Http404)])  # fmt: skip
def test_whoever_may_not_edit_the_customer_changes_nothing(cast, name, error):
    contact = wang(cast)
    place, channel = contact.positions.get(), phone_of(contact)
    through = {"actor": cast[name], "customer": cast.huadong}
    before = counts()
    acts = [
        lambda: contacts.create(**through, values={"name": "X"}),
        lambda: contacts.edit(**through, contact=contact, values={"name": "X"}, version=1),
        lambda: contacts.add_position(**through, contact=contact, values={}),
        lambda: contacts.edit_position(**through, position=place, values={"title": "X"}),
        lambda: contacts.end_position(**through, position=place),
        lambda: channels.add(
            **through, contact=contact, values={"kind": "mail", "value": "a@b.com"}
        ),
        lambda: channels.edit(**through, channel=channel, values={"value": "13912345678"}),
        lambda: channels.end(**through, channel=channel),
    ]
    for act in acts:
        with pytest.raises(error):
            act()
    assert counts() == before
    contact.refresh_from_db()
    assert (contact.name, contact.version) == ("王芳", 1)
    assert Position.objects.get(pk=place.pk).ended_on is None
    assert ContactChannel.objects.get(pk=channel.pk).ended_at is None


def test_backup_edits_contacts_only_while_acting(cast, absent):
    contact = wang(cast)
    absent(cast.li)
    contacts.edit(
        actor=cast.chen,
        customer=cast.huadong,
        contact=contact,
        values={"name": "王芳芳"},
        version=1,
    )
    assert Contact.objects.get().name == "王芳芳"


def test_two_editors_at_once_get_a_conflict_through_whichever_customer(cast):
    contact = at_both(cast)
    contacts.edit(
        actor=cast.li, customer=cast.huadong, contact=contact, values={"note": "a"}, version=1
    )
    with pytest.raises(Conflict):
        contacts.edit(
            actor=cast.wu, customer=cast.nanqiao, contact=contact, values={"note": "b"}, version=1
        )
    assert Contact.objects.get().note == "a"


def test_contact_at_two_customers_is_one_person_and_each_rep_touches_the_own_place_only(cast):
    contact = at_both(cast)
    here, there = (
        contact.positions.get(customer=cast.huadong),
        contact.positions.get(customer=cast.nanqiao),
    )
    for rep, own, foreign, place in [
        (cast.li, cast.huadong, cast.nanqiao, there), (cast.wu, cast.nanqiao, cast.huadong, here),
    ]:  # fmt: skip
        assert can(rep, Action.CUSTOMER_EDIT, contact)
        for customer in (own, foreign):
            with pytest.raises(Http404):
                contacts.end_position(actor=rep, customer=customer, position=place)
            with pytest.raises(Http404):
                contacts.edit_position(
                    actor=rep, customer=customer, position=place, values={"title": "X"}
                )
        with pytest.raises(Http404):
            contacts.edit(
                actor=rep, customer=foreign, contact=contact, values={"note": "x"}, version=1
            )
        contacts.edit_position(actor=rep, customer=own, position=contact.positions.get(customer=own),
                               values={"title": "New"})  # fmt: skip
    assert not contact.positions.exclude(ended_on=None).exists()


def test_moved_contact_stays_one_person_and_the_old_rep_reads_but_acts_no_more(cast):
    contact = wang(cast)
    contacts.move(actor=cast.zhao, customer=cast.nanqiao, contact=contact,
                  position=contact.positions.get(), values={"started_on": date(2026, 3, 2)})  # fmt: skip
    old = contact.positions.get(customer=cast.huadong)
    assert old.ended_on == date(2026, 3, 1)
    assert can(cast.li, None, contact)
    for action in (Action.CUSTOMER_EDIT, Action.CHANNEL_VIEW, Action.CHANNEL_REVEAL):
        assert not can(cast.li, action, contact)
        assert can(cast.wu, action, contact)
    with pytest.raises(NotAllowed):
        channels.reveal(actor=cast.li, channel=phone_of(contact))
    with pytest.raises(Http404):
        contacts.edit(
            actor=cast.li, customer=cast.huadong, contact=contact, values={"note": "x"}, version=1
        )


def test_who_left_and_went_nowhere_is_still_reached_by_the_old_customer(cast):
    contact = wang(cast)
    contacts.end_position(actor=cast.li, customer=cast.huadong, position=contact.positions.get())
    assert channels.reveal(actor=cast.li, channel=phone_of(contact)).value == "+8613812345678"


def test_rep_cannot_pull_a_contact_from_a_foreign_customer(cast):
    contact = wang(cast)
    with pytest.raises(Http404):
        contacts.add_position(actor=cast.wu, customer=cast.nanqiao, contact=contact, values={})
    with pytest.raises(Http404):
        contacts.move(actor=cast.wu, customer=cast.nanqiao, contact=contact,
                      position=contact.positions.get(), values={})  # fmt: skip
    assert Position.objects.count() == 1


def test_reader_of_a_customer_cannot_open_its_channels_by_a_place_at_an_own_one(cast):
    contact = wang(cast)
    shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer", why="Fair",
        until=database_now() + timedelta(days=2),
    )  # fmt: skip
    assert can(cast.wu, None, contact)
    with pytest.raises(NotAllowed):
        contacts.add_position(actor=cast.wu, customer=cast.nanqiao, contact=contact, values={})
    assert not can(cast.wu, Action.CHANNEL_REVEAL, contact)


def test_second_place_at_the_same_customer_is_a_conflict(cast):
    contact = wang(cast)
    with pytest.raises(Conflict):
        contacts.add_position(actor=cast.li, customer=cast.huadong, contact=contact, values={})


def test_form_sent_twice_makes_one_contact(cast):
    form = {
        "actor": cast.li,
        "customer": cast.huadong,
        "values": {"name": "周明"},
        "client_uuid": uuid4(),
    }
    contacts.create(**form)
    with pytest.raises(Conflict) as conflict:
        contacts.create(**form)
    assert conflict.value.code == "twice"
    assert Contact.objects.count() == 1


def test_edited_channel_keeps_the_old_value_in_the_file(cast):
    contact = wang(cast)
    old = phone_of(contact)
    fresh = channels.edit(
        actor=cast.li, customer=cast.huadong, channel=old, values={"value": "139 8765 4321"}
    )
    old.refresh_from_db()
    assert (old.value, fresh.value) == ("+8613812345678", "+8613987654321")
    assert old.ended_at is not None
    assert fresh.ended_at is None
    with pytest.raises(Conflict):
        channels.edit(
            actor=cast.li, customer=cast.huadong, channel=old, values={"value": "13700001111"}
        )
    assert TrailEntry.objects.filter(verb="channels.edit").get().changes["replaces"] == [
        old.pk,
        fresh.pk,
    ]


def test_label_and_holder_change_without_the_value_being_typed_again(cast):
    contact = wang(cast)
    values = {"value": "", "held_by": "private", "label": "手机"}
    fresh = channels.edit(
        actor=cast.li, customer=cast.huadong, channel=phone_of(contact), values=values
    )
    assert (fresh.value, fresh.held_by, fresh.label) == ("+8613812345678", "private", "手机")
    with pytest.raises(Refused):
        channels.edit(actor=cast.li, customer=cast.huadong, channel=fresh, values=values)


def test_the_same_value_twice_on_one_contact_is_refused(cast):
    contact = wang(cast)
    with pytest.raises(Refused) as refused:
        channels.add(actor=cast.li, customer=cast.huadong, contact=contact,
                     values={"kind": "phone", "value": "138-1234-5678"})  # fmt: skip
    assert "value" in refused.value.fields


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": None}, {"name": "X", "key": 1}, {"name": "X", "sort_key": "a"}],
)
def test_bad_values_make_no_contact(cast, values):
    before = counts()
    with pytest.raises(Refused):
        contacts.create(actor=cast.li, customer=cast.huadong, values=values)
    assert counts() == before


def test_a_bad_channel_takes_the_whole_contact_back_and_names_its_field(cast):
    before = counts()
    with pytest.raises(Refused) as refused:
        contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "X"},
                        channels=[{"kind": "phone", "value": "13812345678 / 13912345678"}])  # fmt: skip
    assert refused.value.fields.keys() == {"phone"}
    assert counts() == before


@pytest.mark.parametrize(
    "day", [date(1, 1, 1), date(1899, 12, 31), date(2190, 1, 1), date(9999, 12, 31)]
)
def test_days_outside_this_world_are_refused(cast, day):
    contact = wang(cast)
    with pytest.raises(Refused):
        contacts.move(actor=cast.zhao, customer=cast.nanqiao, contact=contact,
                      position=contact.positions.get(), values={"started_on": day})  # fmt: skip
    assert Position.objects.count() == 1
