"""Agreements: published once their places are filled in, signed by each for themselves, kept for good."""

import re
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import (
    Agreement,
    AgreementRequest,
    AgreementSignature,
    Notice,
    Person,
    TrailEntry,
)
from accounts.selectors import agreements as ask_for
from accounts.selectors.content import shipped
from accounts.services import agreements
from kit import outbox
from kit.digests import digest_of
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import Effect
from tests.api.conftest import token_of
from tests.cast import PASSWORD

TERMS = {"audience": "everybody", "months": None, "months_after": 24}
PLAIN = {
    "title": {"en": "Confidentiality", "zh": "保密协议"},
    "text": {"en": "Between {company} and {person}, {post}.\n\n**1.** Keep it.",
             "zh": "{company}与{person}（{post}）订立。\n\n**一、** 保密。"},
}  # fmt: skip


def published(cast, key="confidentiality", **terms):
    texts = {name: dict(pair) for name, pair in PLAIN.items()}
    texts["text"]["en"] += f"\n\n{Agreement.objects.count()}"
    written(cast, key, texts)
    return agreements.publish(
        actor=cast.hu, key=key, terms=TERMS | terms, seen=digest_of(ask_for.draft(key))
    )


def written(cast, key, texts, seen=""):
    """Change the text of a key as it stands, or begin one whose title makes that key."""
    row = ask_for.draft(key)
    seen = seen or (row and digest_of(row))
    return agreements.write(actor=cast.hu, key=row and key, texts=texts, seen=seen)


def sign(person, agreement, actor=None):
    seen = digest_of(ask_for.to_sign(agreement, person))
    return agreements.sign(actor=actor or person, person=person, agreement=agreement, seen=seen)


def state(person, agreement):
    return ask_for.standing(Person.objects.get(pk=person.pk), agreement).state


# -- texts -----------------------------------------------------------------------------------------


def test_three_texts_ship_in_both_languages():
    rows = shipped("agreements")["texts"]
    assert [row["id"] for row in rows] == ["confidentiality", "non_compete", "non_solicitation"]
    for row in rows:
        assert row["text"]["en"].count("**") == row["text"]["zh"].count("**")
        assert not row["text"]["en"].startswith("#")


def test_what_ships_cannot_be_published_before_counsel_has_filled_it_in(cast):
    for row in ask_for.drafts():
        assert len(ask_for.problems(row)) >= 2
        with pytest.raises(Refused):
            agreements.publish(
                actor=cast.hu, key=row["id"], terms=TERMS, seen=digest_of(row)
            )  # fmt: skip
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    "text", ["> A note\n\nText", "Text {law}", "*Notes for counsel.*", "{5} days", "{list, ten}"]
)
def test_a_note_or_an_open_place_keeps_a_text_back(text):
    row = {"text": {"en": text, "zh": "正文"}}
    assert len(ask_for.problems(row)) == 1


def test_bold_at_the_beginning_is_no_note():
    assert ask_for.problems({"text": {"en": "**1.** {company}", "zh": "**一、** {post}"}}) == []


@pytest.mark.parametrize("name", ["li", "he", "zhao", "sun", "fang", "yu"])
def test_nobody_but_hr_publishes(cast, name):
    written(cast, "confidentiality", PLAIN)
    with pytest.raises(NotAllowed):
        agreements.publish(
            actor=cast[name], key="confidentiality", terms=TERMS,
            seen=digest_of(ask_for.draft("confidentiality")),
        )  # fmt: skip
    assert not Agreement.objects.exists()


def test_a_text_that_changed_meanwhile_is_not_published(cast):
    written(cast, "confidentiality", PLAIN)
    with pytest.raises(Conflict):
        agreements.publish(actor=cast.hu, key="confidentiality", terms=TERMS, seen="x")
    assert not Agreement.objects.exists()


def test_a_text_needs_both_languages(cast):
    texts = PLAIN | {"title": {"en": "Only English", "zh": "  "}}
    with pytest.raises(Refused) as refused:
        agreements.write(actor=cast.hu, texts=texts)
    assert "title_zh" in refused.value.fields


def test_of_two_who_work_on_a_text_the_later_is_told(cast, client):
    read = digest_of(ask_for.draft("confidentiality"))
    written(cast, "confidentiality", PLAIN)
    other = PLAIN | {"title": {"en": "Secrets", "zh": "机密"}}
    with pytest.raises(Conflict):
        written(cast, "confidentiality", other, seen=read)
    assert ask_for.draft("confidentiality")["title"] == PLAIN["title"]
    client.force_login(cast.hu)
    path = reverse("accounts:agreement-text", args=["confidentiality"])
    sent = {
        "title_en": "Secrets",
        "title_zh": "机密",
        "text_en": "A",
        "text_zh": "甲",
        "seen": read,
    }
    answer = client.post(path, sent)
    assert answer.status_code == 409 and "Secrets" in answer.content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())[1]
    assert client.post(path, sent | {"seen": seen}).status_code == 303
    assert ask_for.draft("confidentiality")["title"]["en"] == "Secrets"


def test_two_new_texts_of_one_title_are_two(cast):
    texts = {name: dict(pair) for name, pair in PLAIN.items()} | {
        "title": {"en": "New", "zh": "新"}
    }
    keys = [agreements.write(actor=cast.hu, texts=texts) for _turn in range(2)]
    assert len(set(keys)) == 2 and "new" not in keys


# -- signing ---------------------------------------------------------------------------------------


def test_everybody_is_asked_and_each_signs_for_themselves(cast):
    made = published(cast)
    assert state(cast.li, made) == "missing"
    row = sign(cast.li, made)
    assert state(cast.li, made) == "signed" and state(cast.chen, made) == "missing"
    assert row.digest == digest_of(row.content) and row.is_intact and row.expires_on is None
    entry = TrailEntry.objects.get(verb="agreements.sign")
    assert entry.actor_id == cast.li.pk and row.digest in str(entry.changes)
    assert "李伟" not in str(row.content)


def test_nobody_signs_for_somebody_else(cast):
    made = published(cast)
    for actor in (cast.hu, cast.he, cast.yu):
        with pytest.raises((NotAllowed, Conflict)):
            sign(cast.li, made, actor=actor)
    assert not AgreementSignature.objects.exists()


def test_a_signature_is_given_once(cast):
    made = published(cast)
    sign(cast.li, made)
    with pytest.raises(Conflict):
        sign(cast.li, made)
    assert AgreementSignature.objects.count() == 1


def test_a_new_version_asks_again_and_the_old_signature_stays(cast):
    old = published(cast)
    first = sign(cast.li, old)
    new = published(cast)
    assert new.number == 2 and state(cast.li, new) == "older"
    with pytest.raises(Conflict):
        sign(cast.chen, old)
    sign(cast.li, new)
    assert state(cast.li, new) == "signed"
    first.refresh_from_db()
    assert first.is_intact and first.agreement == old


def test_a_signature_with_an_end_is_asked_again_after_it(cast):
    made = published(cast, months=1)
    row = sign(cast.li, made)
    assert row.expires_on and state(cast.li, made) == "signed"
    for days, expected in [(0, "signed"), (1, "expired")]:
        later = ask_for.Standing(made, cast.li, row, on=row.expires_on + timedelta(days=days))
        assert later.state == expected and later.to_sign is (expected == "expired")


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [(date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2026, 11, 30), 3, date(2027, 2, 28)),
     (date(2026, 12, 5), 12, date(2027, 12, 5)), (date(2027, 8, 31), 6, date(2028, 2, 29))],
)  # fmt: skip
def test_months_end_on_the_same_day_or_the_last_of_the_month(day, months, last):
    assert agreements.later(day, months) == last


def test_an_agreement_for_named_people_is_asked_of_them_alone(cast):
    made = published(cast, "non_compete", audience="named")
    assert ask_for.standings(cast.hu, [made])["non_compete"] == []
    with pytest.raises(Conflict):
        sign(cast.li, made)
    request = agreements.ask(actor=cast.hu, key="non_compete", person=cast.li)
    with pytest.raises(Conflict):
        agreements.ask(actor=cast.hu, key="non_compete", person=cast.li)
    sign(cast.li, made)
    agreements.take_back(actor=cast.hu, request=request)
    assert ask_for.standings(cast.hu, [made])["non_compete"] == []
    assert [one.state for one in ask_for.of_person(cast.li)] == ["signed"]


def test_who_has_left_is_not_asked(cast):
    published(cast, "non_compete", audience="named")
    with pytest.raises(Refused):
        agreements.ask(actor=cast.hu, key="non_compete", person=cast.ren)
    assert not AgreementRequest.objects.exists()


def test_hr_notes_a_signature_on_paper_and_never_their_own(cast):
    made = published(cast)
    row = agreements.note_paper(actor=cast.hu, person=cast.li, agreement=made,
                                signed_on=date(2026, 1, 5), kept_at="Cabinet 3")  # fmt: skip
    assert state(cast.li, made) == "signed" and row.made_by == cast.hu and row.is_intact
    with pytest.raises(NotAllowed):
        agreements.note_paper(actor=cast.hu, person=cast.hu, agreement=made,
                              signed_on=date(2026, 1, 5), kept_at="Cabinet 3")  # fmt: skip
    with pytest.raises(Refused):
        agreements.note_paper(actor=cast.hu, person=cast.chen, agreement=made,
                              signed_on=date.today() + timedelta(days=3), kept_at="C")  # fmt: skip
    assert AgreementSignature.objects.count() == 1


def test_a_paper_of_former_days_undoes_no_signature(cast):
    made = published(cast, months=12)
    sign(cast.li, made)
    with pytest.raises(Conflict):
        agreements.note_paper(actor=cast.hu, person=cast.li, agreement=made,
                              signed_on=date(2024, 1, 5), kept_at="Cabinet 3")  # fmt: skip
    assert state(cast.li, made) == "signed" and AgreementSignature.objects.count() == 1


def test_a_paper_of_somebody_who_is_not_asked_is_not_noted(cast):
    made = published(cast, "non_compete", audience="named")
    with pytest.raises(Conflict):
        agreements.note_paper(actor=cast.hu, person=cast.li, agreement=made,
                              signed_on=date(2026, 1, 5), kept_at="Cabinet 3")  # fmt: skip
    assert not AgreementSignature.objects.exists()


def test_an_agreement_of_named_people_is_read_by_them_and_those_who_oversee(cast):
    made = published(cast, "non_compete", audience="named")
    agreements.ask(actor=cast.hu, key="non_compete", person=cast.li)
    for name, sees in [("li", True), ("hu", True), ("sun", True), ("fang", True), ("chen", False),
                       ("he", False), ("yu", False)]:  # fmt: skip
        assert Agreement.objects.visible_to(cast[name]).filter(pk=made.pk).exists() == sees, name
        api = Client(headers={"Authorization": f"Token {token_of(cast[name])}"})
        listed = [one["key"] for one in api.get("/api/v1/agreements").json()["results"]]
        assert ("non_compete" in listed) == sees, name
    path = reverse("accounts:agreement-sign", args=["non_compete"])
    assert (browse(cast.li).get(path).status_code, browse(cast.chen).get(path).status_code) == (
        200,
        404,
    )


def test_what_was_signed_cannot_be_changed_and_a_change_would_show(cast):
    row = sign(cast.li, published(cast))
    for model in (Agreement, AgreementSignature):
        with pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.update(digest="0" * 64)
        with pytest.raises(ProgrammingError), transaction.atomic():
            model.objects.all()._raw_delete("default")
    row.agreement.text = "Something else"
    assert not row.is_intact


def test_somebody_on_notice_still_signs(cast):
    made = published(cast)
    sign(cast.mo, made)
    assert state(cast.mo, made) == "signed"


# -- notices ---------------------------------------------------------------------------------------


def test_a_notice_goes_to_those_who_have_not_signed_when_it_is_sent(cast):
    made = published(cast)
    sign(cast.li, made)
    outbox.relay()
    told = set(Notice.objects.filter(code="agreements.sign").values_list("person", flat=True))
    assert cast.chen.pk in told and cast.hu.pk in told
    assert not told & {cast.li.pk, cast.ren.pk, cast.bai.pk, cast.system.pk}


def test_many_are_told_in_chunks_and_nobody_is_told_twice(cast, monkeypatch):
    monkeypatch.setattr(agreements, "CHUNK", 4)
    made = published(cast)
    assert Effect.objects.filter(done_at=None, kind=agreements.TELL).count() == 1
    sign(cast.li, made)
    outbox.relay()
    told = list(Notice.objects.filter(code="agreements.sign").values_list("person", flat=True))
    wanted = {one.person.pk for one in ask_for.standings(cast.hu, [made])["confidentiality"]}
    assert sorted(told) == sorted(wanted - {cast.li.pk})


def test_hr_reminds_those_who_are_missing(cast, monkeypatch):
    made = published(cast)
    number = agreements.remind(actor=cast.hu, agreement=made)
    sign(cast.li, made)
    with pytest.raises(Conflict):  # not twice a day
        agreements.remind(actor=cast.hu, agreement=made)
    monkeypatch.setattr(agreements, "BETWEEN", timedelta(0))
    assert agreements.remind(actor=cast.hu, agreement=made) == number - 1
    with pytest.raises(NotAllowed):
        agreements.remind(actor=cast.he, agreement=made)


# -- pages -----------------------------------------------------------------------------------------


def browse(person):
    """A browser in which the password has just been given again."""
    client = Client()
    client.force_login(person, backend="accounts.backends.SignIn")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def test_signing_asks_for_the_password(cast, client):
    published(cast)
    client.force_login(cast.li)
    answer = client.get(reverse("accounts:agreement-sign", args=["confidentiality"]))
    assert answer.status_code == 302 and "reauthenticate" in answer["Location"]


def test_a_rep_reads_and_signs_in_the_browser(cast):
    published(cast)
    li, path = browse(cast.li), reverse("accounts:agreement-sign", args=["confidentiality"])
    page = li.get(path).content.decode()
    assert "Li Wei, Rep." in page and "<strong>1.</strong>" in page
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert li.post(path, {"seen": seen}).status_code == 422
    assert li.post(path, {"seen": "x", "agreed": "on"}).status_code == 409
    assert not AgreementSignature.objects.exists()
    answer = li.post(path, {"seen": seen, "agreed": "on"})
    row = AgreementSignature.objects.get()
    assert answer.status_code == 303 and answer["Location"].endswith(f"/{row.pk}")
    assert row.digest in li.get(answer["Location"]).content.decode()
    assert li.post(path, {"seen": seen, "agreed": "on"}).status_code == 409


@pytest.mark.parametrize(
    ("name", "status"), [("li", 200), ("hu", 200), ("sun", 200), ("fang", 200), ("he", 404),
                         ("chen", 404), ("yu", 404)],
)  # fmt: skip
def test_a_signature_is_read_by_its_person_and_those_who_oversee(cast, client, name, status):
    row = sign(cast.li, published(cast))
    client.force_login(cast[name])
    assert client.get(reverse("accounts:agreement-signature", args=[row.pk])).status_code == status
    page = client.get(reverse("accounts:person-agreements", args=[cast.li.pk]))
    assert page.status_code == (200 if status == 200 else 403)


def test_the_register_says_who_is_missing(cast, client):
    made = published(cast)
    sign(cast.li, made)
    client.force_login(cast.hu)
    page = client.get(reverse("accounts:agreements")).content.decode()
    assert "1 of" in page and "Not published yet" in page
    page = client.get(reverse("accounts:agreement", args=["confidentiality"])).content.decode()
    assert "Chen Jie" in page and "1 person has signed" in page
    client.force_login(cast.li)
    page = client.get(reverse("accounts:agreements")).content.decode()
    assert "Register" not in page and "Confidentiality" in page
    assert client.get(reverse("accounts:agreement", args=["confidentiality"])).status_code == 403


def test_pages_of_unknown_texts_are_the_one_404(cast, client):
    client.force_login(cast.hu)
    for name in ("agreement", "agreement-text", "agreement-publish", "agreement-ask",
                 "agreement-paper"):  # fmt: skip
        assert client.get(reverse(f"accounts:{name}", args=["nothing"])).status_code == 404
    assert client.post(reverse("accounts:agreement-remind", args=["nothing"])).status_code == 404


def test_hr_works_on_a_text_and_publishes_it(cast, client):
    client.force_login(cast.hu)
    given = {"title_en": "Phone numbers", "title_zh": "电话号码", "text_en": "Of {company}.",
             "text_zh": "属于{company}。"}  # fmt: skip
    answer = client.post(reverse("accounts:agreement-new"), given)
    assert answer.status_code == 303 and answer["Location"] == "/agreements/phone_numbers"
    path = reverse("accounts:agreement-publish", args=["phone_numbers"])
    sent = {"audience": "everybody", "months": "12", "months_after": "0",
            "seen": digest_of(ask_for.draft("phone_numbers"))}  # fmt: skip
    assert client.post(path, sent).status_code == 422  # counsel
    assert client.post(path, sent | {"counsel": "on", "months": "9999"}).status_code == 422
    assert client.post(path, sent | {"counsel": "on", "seen": "x"}).status_code == 409
    assert not Agreement.objects.exists()
    assert client.post(path, sent | {"counsel": "on"}).status_code == 303
    made = Agreement.objects.get()
    assert (made.months, made.months_after, made.number) == (12, 0, 1)


def test_a_text_cannot_carry_markup(cast, client):
    texts = {"title": {"en": "<b>T</b>", "zh": "标题"},
             "text": {"en": "<script>alert(1)</script> **a<i>b**", "zh": "正文"}}  # fmt: skip
    written(cast, "confidentiality", texts)
    client.force_login(cast.hu)
    page = client.get(reverse("accounts:agreement", args=["confidentiality"])).content.decode()
    assert "<script>alert" not in page and "<strong>a&lt;i&gt;b</strong>" in page


def test_the_text_reads_in_the_language_of_the_page(cast):
    made = published(cast)
    given = ask_for.to_sign(made, cast.li)
    with override("zh-hans"):
        assert "李伟（销售" in ask_for.filled(made, cast.li, given)
    with override("en"):
        assert "Li Wei, Rep." in ask_for.filled(made, cast.li, given)


def test_the_register_costs_the_same_for_many_people(cast, client, django_assert_max_num_queries):
    published(cast)
    published(cast, "non_solicitation")
    client.force_login(cast.hu)
    client.get(reverse("accounts:agreements"))
    with django_assert_max_num_queries(12):
        client.get(reverse("accounts:agreements"))


def test_the_api_lists_what_one_has_signed_and_what_is_missing(cast):
    made = published(cast)
    row = sign(cast.li, made)
    api = Client(headers={"Authorization": f"Token {token_of(cast.li)}"})
    found = api.get(f"/api/v1/people/{cast.li.pk}/agreements").json()["results"]
    assert [one["state"] for one in found] == ["signed"]
    assert found[0]["signature"]["digest"] == row.digest
    assert api.get(f"/api/v1/people/{cast.chen.pk}/agreements").status_code == 403
    hr = Client(headers={"Authorization": f"Token {token_of(cast.hu)}"})
    found = hr.get(f"/api/v1/people/{cast.chen.pk}/agreements").json()["results"]
    assert [one["state"] for one in found] == ["missing"] and found[0]["signature"] is None
