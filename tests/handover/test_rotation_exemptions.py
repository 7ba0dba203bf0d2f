"""Exemptions from rotation: asked for with a reason and an end, decided by tier, ended by themselves."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from accounts.models import Notice, Person
from accounts.selectors.holdings import to_hand_over
from handover.models import RotationExemption
from handover.selectors.rotation_exemptions import losing_contact, waiting
from handover.services import rotation_exemptions as exemptions
from kit import outbox
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from tests.handover.rotation_world import clock, since

APPROVER = {"A": "sun", "B": "zhao", "C": "he"}
TOO_LOW = {"A": ["he", "zhao"], "B": ["he"], "C": []}


def ahead(days):
    return today(company_zone()) + timedelta(days=days)


def asked(cast, days=60, actor="li", **more):
    values = {"why": "customer_request", "until": ahead(days), "second_contact": cast.chen} | more
    return exemptions.ask(actor=cast[actor], customer=cast.huadong, **values)


def tiered(cast, tier):
    type(cast.huadong).objects.filter(pk=cast.huadong.pk).update(tier=tier)


@pytest.mark.parametrize("tier", "ABC")
def test_it_is_decided_by_whom_its_tier_asks_for_and_holds_the_clock(cast, tier):
    tiered(cast, tier)
    since(cast.huadong, 200)
    row = asked(cast)
    for name in TOO_LOW[tier]:
        with pytest.raises(NotAllowed):
            exemptions.decide(actor=cast[name], exemption=row, approved=True)
    exemptions.decide(actor=cast[APPROVER[tier]], exemption=row, approved=True)
    assert clock(cast.huadong).state == "exempt"


def test_it_goes_to_the_head_who_may_decide_it_when_it_is_sent(cast, absent):
    tiered(cast, "C")
    asked(cast)
    absent(cast.he)
    while outbox.relay():
        pass
    assert [n.person for n in Notice.objects.filter(code="rotation.exemption")] == [cast.zhao]


def test_who_asked_does_not_decide(cast):
    tiered(cast, "C")
    row = asked(cast, actor="he")
    with pytest.raises(NotAllowed):
        exemptions.decide(actor=cast.he, exemption=row, approved=True)
    assert waiting(cast.he) == [] and [one.pk for one in waiting(cast.zhao)] == [row.pk]


@pytest.mark.parametrize(("more", "field"), [
    ({"days": 181}, "until"), ({"days": 0}, "until"), ({"days": -1}, "until"), ({"why": "because"}, "why"),
])  # fmt: skip
def test_what_the_policy_does_not_allow_is_refused_at_its_field(cast, more, field):
    with pytest.raises(Refused) as refused:
        asked(cast, **more)
    assert field in refused.value.fields and not RotationExemption.objects.exists()


@pytest.mark.parametrize("name", ["li", "ren", "bai", "mo"])
def test_the_second_contact_is_somebody_else_who_is_here(cast, name):
    with pytest.raises(Refused) as refused:
        asked(cast, second_contact=cast[name])
    assert "second_contact" in refused.value.fields


@pytest.mark.parametrize("name", ["chen", "wu", "gao", "hu", "fang"])
def test_who_may_not_edit_the_customer_asks_for_nothing(cast, name):
    with pytest.raises((NotAllowed, Http404)):
        asked(cast, actor=name)
    assert not RotationExemption.objects.exists()


def test_it_is_renewed_once(cast):
    tiered(cast, "C")
    since(cast.huadong, 100)
    for _time in range(2):
        exemptions.decide(actor=cast.he, exemption=asked(cast), approved=True)
    with pytest.raises(Refused, match="renewed"):
        asked(cast)


def test_ending_it_before_its_day_gives_no_further_one(cast):
    tiered(cast, "C")
    since(cast.huadong, 100)
    for _time in range(2):
        row = exemptions.decide(actor=cast.he, exemption=asked(cast), approved=True)
        exemptions.end(actor=cast.he, exemption=row)
    with pytest.raises(Refused, match="renewed"):
        asked(cast)


def test_a_second_one_waits_for_the_decision_of_the_first(cast):
    asked(cast)
    with pytest.raises(Conflict):
        asked(cast)


def test_a_refusal_needs_a_reason_and_leaves_the_clock_alone(cast):
    tiered(cast, "C")
    since(cast.huadong, 200)
    row = asked(cast)
    with pytest.raises(Refused):
        exemptions.decide(actor=cast.he, exemption=row, approved=False)
    exemptions.decide(actor=cast.he, exemption=row, approved=False, note="Nobody else knows them")
    assert clock(cast.huadong).state == "overdue"
    with pytest.raises(Conflict):
        exemptions.decide(actor=cast.zhao, exemption=row, approved=True)


def test_it_can_be_ended_before_its_day(cast):
    tiered(cast, "C")
    since(cast.huadong, 200)
    row = exemptions.decide(actor=cast.he, exemption=asked(cast), approved=True)
    exemptions.end(actor=cast.he, exemption=row)
    assert clock(cast.huadong).state == "overdue"


def test_a_form_with_faults_is_422_and_a_forged_one_too(client, cast):
    client.force_login(cast.li, backend="accounts.backends.SignIn")
    url = reverse("handover:customer-exemption", args=[cast.huadong.pk])
    good = {
        "why": "customer_request",
        "until": ahead(30).isoformat(),
        "second_contact": cast.chen.pk,
    }
    for wrong in ({"until": "soon"}, {"second_contact": "9" * 30}, {"why": "x" * 999}, {"second_contact": cast.li.pk}):  # fmt: skip
        assert client.post(url, good | wrong).status_code == 422
    assert client.post(url, good).status_code == 303
    assert RotationExemption.objects.get().person == cast.li


# -- when the second contact goes ------------------------------------------------------------------
def in_force(cast):
    tiered(cast, "C")
    since(cast.huadong, 100)
    return exemptions.decide(actor=cast.he, exemption=asked(cast), approved=True)


def test_another_second_contact_is_named_and_the_first_one_holds_nothing_any_more(cast):
    row = in_force(cast)
    assert "Second contact of exempted customers" in map(str, dict(to_hand_over(cast.chen)))
    exemptions.change_second_contact(actor=cast.he, exemption=row, second_contact=cast.he)
    assert RotationExemption.objects.get().second_contact == cast.he
    assert "Second contact of exempted customers" not in map(str, dict(to_hand_over(cast.chen)))
    assert clock(cast.huadong).state == "exempt"


@pytest.mark.parametrize(("name", "denied"), [("li", NotAllowed), ("chen", NotAllowed), ("wu", Http404), ("fang", NotAllowed)])  # fmt: skip
def test_who_may_not_give_the_customer_names_no_second_contact(cast, name, denied):
    row = in_force(cast)
    with pytest.raises(denied):
        exemptions.change_second_contact(actor=cast[name], exemption=row, second_contact=cast.he)
    assert RotationExemption.objects.get().second_contact == cast.chen


@pytest.mark.parametrize("name", ["li", "bai", "mo"])
def test_the_next_second_contact_is_somebody_else_who_is_here(cast, name):
    row = in_force(cast)
    with pytest.raises(Refused):
        exemptions.change_second_contact(actor=cast.he, exemption=row, second_contact=cast[name])
    exemptions.end(actor=cast.he, exemption=row)
    with pytest.raises(Conflict):
        exemptions.change_second_contact(actor=cast.he, exemption=row, second_contact=cast.he)
    assert RotationExemption.objects.get().second_contact == cast.chen


def test_the_lead_is_shown_exemptions_whose_second_contact_goes(client, cast):
    row = in_force(cast)
    assert losing_contact(cast.he) == []
    Person.objects.filter(pk=cast.chen.pk).update(state="on_notice")
    assert losing_contact(cast.he) == [row] and losing_contact(cast.qian) == []
    client.force_login(cast.he, backend="accounts.backends.SignIn")
    url = reverse("handover:exemption-second-contact", args=[row.pk])
    assert url in client.get(reverse("handover:exemptions")).content.decode()
    assert client.post(url, {"second_contact": "x"}).status_code == 422
    assert client.post(url, {"second_contact": cast.he.pk}).status_code == 303
    assert losing_contact(cast.he) == []


def test_on_its_last_day_an_exemption_is_still_in_force(cast):
    row = in_force(cast)
    RotationExemption.objects.filter(pk=row.pk).update(until=ahead(0))
    assert "Second contact of exempted customers" in map(str, dict(to_hand_over(cast.chen)))
    RotationExemption.objects.filter(pk=row.pk).update(until=ahead(-1))
    assert "Second contact of exempted customers" not in map(str, dict(to_hand_over(cast.chen)))
