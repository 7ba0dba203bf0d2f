"""The mark as key person is for whoever may see settlement and key persons of that customer (A04)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import Action, can
from crm.models import Position
from crm.selectors import contacts as rows
from crm.selectors import network, worklist
from crm.services import contacts, shares
from kit.errors import Refused
from tests.crm.contacts_world import sign_in, wang

KNOWS = ["li", "he", "zhao", "sun", "fang"]
SEES_ONLY = ["chen", "gao", "pan"]
WORD = "Key person"


@pytest.fixture
def contact(cast):
    """Wang Fang, marked; an unmarked one sorts before her by name."""
    contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "Abe"})
    return wang(cast)


def pages(cast, contact):
    return [
        reverse("crm:contacts"),
        reverse("crm:contact", args=[contact.pk]),
        reverse("crm:customer", args=[cast.huadong.pk]),
        reverse("crm:customer-map", args=[cast.huadong.pk]),
        reverse("crm:customer-map", args=[cast.huadong.pk]) + "?panel=1",
        reverse("crm:customer-timeline", args=[cast.huadong.pk]),
        reverse("crm:log") + f"?customer={cast.huadong.pk}",
    ]


def badges(text):
    """Marks on a page; the filter of the list names the word too."""
    return len(re.findall(rf"{WORD}\b", text))


@pytest.mark.parametrize("who", KNOWS)
def test_who_may_know_key_persons_reads_the_mark(cast, client, contact, who):
    browser = sign_in(client, cast[who])
    assert badges(browser.get(pages(cast, contact)[1]).content.decode())
    assert badges(browser.get(pages(cast, contact)[2]).content.decode())


@pytest.mark.parametrize("who", SEES_ONLY)
def test_who_only_sees_the_customer_reads_no_mark_on_any_page(cast, client, contact, who):
    assert can(cast[who], None, cast.huadong)
    browser = sign_in(client, cast[who])
    for page in pages(cast, contact):
        assert not badges(browser.get(page).content.decode()), page


@pytest.mark.parametrize("who", SEES_ONLY)
def test_who_only_sees_the_customer_learns_no_mark_by_filter_or_order(cast, client, contact, who):
    person = cast[who]
    assert not rows.listed(person, key=True).exists()
    assert (
        "Abe"
        not in sign_in(client, person).get(reverse("crm:contacts") + "?key=1").content.decode()
    )
    for places in (
        rows.at_customer(person, cast.huadong),
        network.of_customer(person, cast.huadong).places,
        worklist.offered_contacts(person, [cast.huadong])[cast.huadong.pk],
    ):
        assert [place.contact.name for place in places] == ["Abe", "王芳"]
        assert {place.is_key for place in places} == {None}


def test_who_may_know_them_finds_key_persons_first(cast, contact):
    places = rows.at_customer(cast.li, cast.huadong)
    assert [(place.contact.name, place.is_key) for place in places] == [
        ("王芳", True),
        ("Abe", False),
    ]
    assert list(rows.listed(cast.he, key=True)) == [contact]


def test_the_default_order_of_places_says_nothing(cast, contact):
    assert "is_key_person" not in str(Position.objects.all().query).partition("ORDER BY")[2]


def test_the_backup_knows_them_while_acting_and_not_after(cast, contact, absent):
    assert rows.at_customer(cast.chen, cast.huadong)[0].is_key is None
    absent(cast.li)
    assert rows.at_customer(cast.chen, cast.huadong)[0].is_key is True


def shared(cast, right):
    shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right=right, why="Fair",
        until=timezone.now() + timedelta(days=9),
    )  # fmt: skip


def test_who_was_let_edit_neither_reads_nor_sets_the_mark(cast, client, contact):
    shared(cast, "edit_customer")
    place = contact.positions.get()
    page = reverse("crm:position-edit", args=[place.pk])
    browser = sign_in(client, cast.wu)
    assert "is_key_person" not in browser.get(page).content.decode()
    given = {"title": "Buyer", "function": "purchase"}
    assert browser.post(page, given).status_code == 303
    place.refresh_from_db()
    assert place.title == "Buyer" and place.is_key_person
    for mark in (True, False):
        with pytest.raises(Refused) as refusal:
            contacts.edit_position(
                actor=cast.wu, customer=cast.huadong, position=place, values={"is_key_person": mark}
            )
        assert refusal.value.fields.keys() == {"is_key_person"}
    with pytest.raises(Refused):
        contacts.create(
            actor=cast.wu, customer=cast.huadong, values={"name": "New"},
            place={"is_key_person": True},
        )  # fmt: skip
    assert not Position.objects.filter(contact__name="New").exists()


def test_who_was_let_see_settlement_reads_the_mark_there_only(cast, contact):
    contacts.add_position(
        actor=cast.system, customer=cast.nanqiao, contact=contact, values={"is_key_person": True}
    )
    seen = {place.customer_id: place.is_key for place in rows.places_seen(cast.wu, contact)}
    assert seen == {cast.nanqiao.pk: True}
    shared(cast, "read_customer")
    seen = {place.customer_id: place.is_key for place in rows.places_seen(cast.wu, contact)}
    assert seen == {cast.nanqiao.pk: True, cast.huadong.pk: None}
    shared(cast, "settlement_customer")
    seen = {place.customer_id: place.is_key for place in rows.places_seen(cast.wu, contact)}
    assert seen == {cast.nanqiao.pk: True, cast.huadong.pk: True}


def test_nothing_that_reads_takes_the_mark_from_the_column():
    root = Path(__file__).resolve().parents[2]
    files = [
        *root.glob("templates/**/*.html"),
        *root.glob("crm/selectors/*.py"),
        *root.glob("crm/views/*.py"),
    ]
    for path in files:
        text = path.read_text()
        if path.name != "completeness.py":  # counts for nobody: a figure without names
            assert "is_key_person" not in text.replace("form.is_key_person", ""), path
    assert Action.SETTLEMENT_VIEW.label == "See settlement traits and key persons"
