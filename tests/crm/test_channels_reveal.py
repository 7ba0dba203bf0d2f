"""A channel leaves the system only after it was counted and written down."""

from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.http import Http404
from django.urls import reverse

from accounts.models import Company, TrailEntry
from crm.models import ContactChannel
from crm.services import channels
from kit.disclosure import Disclosure
from kit.errors import NotAllowed, OverBudget, Refused
from kit.models import Counter
from tests.crm.contacts_world import CLEAR, PHONE, phone_of, phones, sign_in, wang


def traces():
    """What a reveal leaves behind."""
    return (
        TrailEntry.objects.filter(verb="channels.reveal").count(),
        Disclosure.objects.filter(kind=Disclosure.Kind.REVEAL).count(),
        Counter.objects.filter(name__startswith="reveal:").count(),
    )


def budget(most):
    Company.objects.filter(pk=1).update(reveal_budget=most)


def patient():
    """A busy machine must not turn waiting for one row into a failure."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '120s'")


def test_account_manager_reveals_and_it_is_counted_and_written_down(cast):
    channel = phone_of(wang(cast))
    shown = channels.reveal(actor=cast.li, channel=channel)
    assert (shown.value, shown.left) == ("+8613812345678", 59)
    entry = TrailEntry.objects.get(verb="channels.reveal")
    assert (entry.actor_id, entry.subject_id, entry.customer_id) == (
        cast.li.pk, str(channel.pk), cast.huadong.pk,
    )  # fmt: skip
    counted = Disclosure.objects.get(kind=Disclosure.Kind.REVEAL)
    assert (counted.person_id, counted.customer_ids) == (cast.li.pk, [cast.huadong.pk])


def test_second_reveal_of_the_same_channel_today_is_free_but_audited(cast):
    budget(1)
    channel = phone_of(wang(cast))
    channels.reveal(actor=cast.li, channel=channel)
    again = channels.reveal(actor=cast.li, channel=channel)
    assert (again.value, again.left) == ("+8613812345678", 0)
    assert traces()[:2] == (2, 2)


def test_budget_is_each_persons_own(cast):
    budget(1)
    channel = phone_of(wang(cast))
    channels.reveal(actor=cast.li, channel=channel)
    assert channels.reveal(actor=cast.he, channel=channel).left == 0


def test_spent_budget_refuses_and_leaves_nothing(cast):
    budget(1)
    contact = wang(cast)
    channels.reveal(actor=cast.li, channel=phone_of(contact))
    before = traces()
    with pytest.raises(OverBudget):
        channels.reveal(actor=cast.li, channel=contact.channels.get(kind="mail"))
    assert traces() == before


def test_a_reveal_that_cannot_be_written_down_is_refused(cast):
    channel = phone_of(wang(cast))
    for door in ("crm.services.channels.record", "kit.disclosure.Disclosure.objects.create"):
        with patch(door, side_effect=DatabaseError), pytest.raises(channels.Unrecorded):
            channels.reveal(actor=cast.li, channel=channel)
    assert traces() == (0, 0, 0)


def test_page_still_works_masked_while_a_reveal_cannot_be_written_down(cast, client):
    channel = phone_of(wang(cast))
    sign_in(client, cast.li)
    with patch("crm.services.channels.record", side_effect=DatabaseError):
        answer = client.post(reverse("crm:channel-reveal", args=[channel.pk]))
    assert answer.status_code == 503
    assert not any(value in answer.content.decode() for value in CLEAR)
    assert "138 **** 5678" in answer.content.decode()


def test_auditor_is_asked_for_the_reason_as_required_and_others_are_told_it_is_optional(
    cast, client
):
    path = reverse("crm:channel-reveal", args=[phone_of(wang(cast)).pk])
    page = sign_in(client, cast.fang).get(path).content.decode()
    assert "optional" not in page
    refused = client.post(path, {"reason": " "})
    assert refused.status_code == 422 and "Say why you need it" in refused.content.decode()
    assert "optional" in sign_in(client, cast.li).get(path).content.decode()


def test_the_page_of_a_reveal_and_its_refusals_are_counted(cast, client):
    path = reverse("crm:channel-reveal", args=[phone_of(wang(cast)).pk])
    sign_in(client, cast.fang).get(path)
    client.post(path, {"reason": ""})
    rows = Disclosure.objects.filter(person_id=cast.fang.pk, path=path)
    assert [row.customer_ids for row in rows] == [[cast.huadong.pk]] * 2
    client.post(path, {"reason": "Case 12"})
    assert Disclosure.objects.filter(person_id=cast.fang.pk, kind="reveal").count() == 1


def test_auditor_reveals_with_a_reason_only(cast):
    channel = phone_of(wang(cast))
    with pytest.raises(Refused) as refused:
        channels.reveal(actor=cast.fang, channel=channel, reason="  ")
    assert "reason" in refused.value.fields
    assert traces() == (0, 0, 0)
    shown = channels.reveal(actor=cast.fang, channel=channel, reason="Case 12")
    assert shown.value == "+8613812345678"
    assert TrailEntry.objects.get(verb="channels.reveal").reason == "Case 12"


@pytest.mark.parametrize(
    "name", ["wu", "qian", "lin", "tang", "hu", "yu", "ming", "mo", "ren", "bai"]
)
def test_whoever_does_not_see_the_contact_learns_nothing(cast, name):
    channel = phone_of(wang(cast))
    with pytest.raises(Http404):
        channels.reveal(actor=cast[name], channel=channel)
    assert traces() == (0, 0, 0)


def test_service_line_sees_the_contact_and_reveals_nothing(cast, client):
    contact = wang(cast)
    with pytest.raises(NotAllowed):
        channels.reveal(actor=cast.gao, channel=phone_of(contact))
    sign_in(client, cast.gao)
    page = client.get(contact.get_absolute_url())
    assert page.status_code == 200
    assert "5678" not in page.content.decode()
    address = reverse("crm:channel-reveal", args=[phone_of(contact).pk])
    assert client.get(address).status_code == 404
    assert client.post(address).status_code == 404
    assert traces() == (0, 0, 0)


def test_on_notice_sees_masked_channels_and_reveals_nothing(cast, client):
    contact = wang(cast)
    cast.li.state = "on_notice"
    cast.li.save()
    sign_in(client, cast.li)
    page = client.get(contact.get_absolute_url()).content.decode()
    assert "138 **** 5678" in page
    assert "Reveal" not in page
    assert (
        client.post(reverse("crm:channel-reveal", args=[phone_of(contact).pk])).status_code == 403
    )
    assert traces() == (0, 0, 0)


def test_reveal_page_works_without_scripts_and_in_place_with_them(cast, client):
    channel = phone_of(wang(cast))
    address = reverse("crm:channel-reveal", args=[channel.pk])
    sign_in(client, cast.li)
    page = client.post(address)
    assert page.status_code == 200
    assert 'href="tel:+8613812345678"' in page.content.decode()
    assert "59 more reveals today" in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    part = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<li")
    assert "tel:+8613812345678" in part
    assert client.delete(address).status_code == 405


def test_spent_budget_answers_429_in_words_and_keeps_the_row_masked(cast, client):
    budget(0)
    channel = phone_of(wang(cast))
    sign_in(client, cast.li)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post(reverse("crm:channel-reveal", args=[channel.pk]), headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 429
        assert "used up" in text
        assert "138 **** 5678" in text
        assert not any(value in text for value in CLEAR)


def test_asking_with_get_reveals_nothing(cast, client):
    channel = phone_of(wang(cast))
    sign_in(client, cast.li)
    answer = client.get(reverse("crm:channel-reveal", args=[channel.pk]))
    assert not any(value in answer.content.decode() for value in CLEAR)
    assert traces() == (0, 0, 0)


def test_erased_contact_shows_erased_and_reveals_nothing(cast, client):
    contact = wang(cast)
    channel = phone_of(contact)
    contact.key.delete()
    sign_in(client, cast.li)
    page = client.get(contact.get_absolute_url())
    assert page.status_code == 200
    assert "erased" in page.content.decode()
    answer = client.post(reverse("crm:channel-reveal", args=[channel.pk]))
    assert answer.status_code == 422
    assert client.get(reverse("crm:channel-edit", args=[channel.pk])).status_code == 200
    new = {"kind": "phone", "value": PHONE, "held_by": "company"}
    assert client.post(reverse("crm:channel-new", args=[contact.pk]), new).status_code == 422
    assert traces() == (0, 0, 0)


def test_clear_values_stand_nowhere_in_the_database(cast):
    contact = wang(cast)
    channels.reveal(actor=cast.li, channel=phone_of(contact))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in tables:
            cursor.execute(
                f'SELECT t::text FROM "{table}" t WHERE t::text ~* %s', ["12345678|wang.fang@"]
            )
            assert not cursor.fetchall(), table


def test_fifty_reveals_at_once_never_exceed_the_budget(committed):
    cast = committed
    budget(7)
    contact = wang(cast)
    rows = phones(cast.li, cast.huadong, contact, 50)

    def ask(channel):
        try:
            patient()
            return channels.reveal(actor=cast.li, channel=channel).value
        except OverBudget:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as pool:
        got = [value for value in pool.map(ask, rows) if value]
    assert len(got) == 7
    assert traces()[:2] == (7, 7)
    assert Counter.objects.get(name=f"reveal:{cast.li.pk}").used == 7


def test_the_same_channel_asked_for_fifty_times_at_once_costs_one(committed):
    cast = committed
    budget(3)
    channel = phone_of(wang(cast))

    def ask(_turn):
        try:
            patient()
            return channels.reveal(actor=cast.li, channel=channel).value
        finally:
            connection.close()

    with ThreadPoolExecutor(25) as pool:
        got = list(pool.map(ask, range(50)))
    assert set(got) == {"+8613812345678"}
    assert Counter.objects.get(name=f"reveal:{cast.li.pk}").used == 1
    assert traces()[:2] == (50, 50)
    assert ContactChannel.objects.count() == 2
