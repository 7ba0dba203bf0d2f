"""Notices by mail: for whoever wants them, in their language, to who answers now, without names."""

from datetime import timedelta
from unittest import mock

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Notice, TrailEntry
from accounts.services import people, profile
from accounts.services.notifications import notify
from crm.seats import Seat
from crm.services import ownership, shares
from kit import outbox
from kit.clock import database_now
from kit.errors import NotAllowed
from kit.models import Disclosure, Effect
from tests.leaving import holding_on


@pytest.fixture(autouse=True)
def here(settings, cast):
    settings.SITE_URL = "https://crm.example.com"
    outbox.relay()  # what the making of the cast had to tell


def wants(person, language="en"):
    person.by_mail, person.language = True, language
    person.save()
    return person


def share(cast, person="wu"):
    return shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast[person], right="read_customer",
        why="Fair", until=database_now() + timedelta(days=7),
    )  # fmt: skip


def carried():
    """Everything due is carried out, as often as a worker would try."""
    for _ in range(3):
        outbox.relay()
    return mail.outbox


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Wu Hao", "To know", "A customer was shared with you.", "Change it here"]),
        ("zh-hans", ["吴昊", "有一位客户共享给您。", "可在此更改"]),
    ],
)
def test_a_notice_goes_out_once_in_the_language_of_its_reader_and_names_no_customer(
    cast, language, words
):
    wants(cast.wu, language)
    share(cast)
    (sent,) = carried()
    assert sent.to == [cast.wu.email]
    assert all(word in sent.body for word in words), sent.body
    assert f"https://crm.example.com/customers/{cast.huadong.pk}" in sent.body
    assert "华东" not in sent.subject + sent.body and "&" not in sent.body
    assert sent.subject.startswith("Holdfast: ") and words[-2 if language == "en" else 1] in sent.subject  # fmt: skip
    assert not Disclosure.objects.filter(person_id=cast.wu.pk).exists()


def test_who_asked_for_none_gets_the_notice_and_no_mail(cast):
    share(cast)
    assert carried() == []
    assert Notice.objects.filter(person=cast.wu, code="share.given").exists()
    assert not Effect.objects.filter(kind="mail").exists()


def test_where_the_company_allows_it_a_mail_names_the_customer_and_that_is_counted(cast, settings):
    settings.MAIL_NAMES_CUSTOMERS = True
    wants(cast.wu)
    share(cast)
    (sent,) = carried()
    assert "华东机电" in sent.body and "华东机电" not in sent.subject
    assert Disclosure.objects.get(person_id=cast.wu.pk).customer_ids == [cast.huadong.pk]


def test_a_failed_sending_is_tried_again_and_known_as_the_same(cast):
    wants(cast.wu)
    share(cast)
    with mock.patch("django.core.mail.EmailMessage.send", side_effect=OSError):
        carried()
    effect = Effect.objects.get(kind="mail")
    assert effect.done_at is None and effect.error == "OSError"
    assert (
        Notice.objects.filter(person=cast.wu, code="share.given").count() == 1
    )  # the inbox did not wait
    Effect.objects.update(due_at=database_now())
    (sent,) = carried()
    number = Notice.objects.get(person=cast.wu, code="share.given").pk
    assert sent.extra_headers["Message-ID"] == f"<notice-{number}@crm.example.com>"


@pytest.mark.parametrize("state", ["frozen", "left"])
def test_who_lost_access_before_the_sending_gets_nothing(cast, state):
    wants(cast.wu)
    share(cast)
    outbox.relay(limit=1)
    with holding_on():
        people.set_state(actor=cast.system, person=cast.wu, state=state, reason="Personnel file")
    assert carried() == []


def test_what_is_over_by_the_time_of_sending_is_not_sent(cast):
    wants(cast.wu)
    given = share(cast)
    outbox.relay(limit=1)
    assert Effect.objects.filter(kind="mail", done_at=None).exists()
    shares.revoke(actor=cast.he, customer=cast.huadong, share=given)
    assert carried() == []


def test_what_was_read_meanwhile_is_not_sent(cast):
    wants(cast.wu)
    share(cast)
    outbox.relay(limit=1)
    Notice.objects.filter(person=cast.wu).update(read_at=database_now())
    assert carried() == []


def test_a_seat_that_changed_hands_before_the_sending_tells_its_new_holder_only(cast):
    """The address is asked when a mail goes out, not when it is planned."""
    wants(cast.chen), wants(cast.mo)
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    outbox.relay(limit=1)
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.li
    )
    assert [sent.to for sent in carried()] == []


def test_a_person_without_an_address_and_an_unknown_code_are_no_trouble(cast):
    wants(cast.wu)
    notify("strange.code", to=cast.wu.pk, kind=Notice.Kind.DECISION, due_on=database_now().date())
    cast.li.by_mail, cast.li.email = True, ""
    cast.li.save()
    notify("strange.code", to=cast.li.pk)
    (sent,) = carried()
    assert "Needs a decision" in sent.body and "Something has changed for you." in sent.body
    assert "https://crm.example.com/inbox" in sent.body


# -- the choice ------------------------------------------------------------------------------------


def test_one_chooses_mails_in_ones_profile(cast):
    client = Client()
    client.force_login(cast.wu)
    assert "Notices by mail as well" in client.get("/profile").content.decode()
    given = {"language": "en", "theme": "", "time_zone": "Asia/Shanghai", "by_mail": "on"}
    assert client.post("/profile", given).status_code == 303
    cast.wu.refresh_from_db()
    assert cast.wu.by_mail
    assert TrailEntry.objects.get(verb="profile.update").changes["by_mail"] == [False, True]
    del given["by_mail"]
    client.post("/profile", given)
    cast.wu.refresh_from_db()
    assert not cast.wu.by_mail


def test_the_choice_is_ones_own(cast):
    with pytest.raises(NotAllowed):
        profile.update(actor=cast.he, person=cast.wu, values={"by_mail": True})
    cast.wu.refresh_from_db()
    assert not cast.wu.by_mail
