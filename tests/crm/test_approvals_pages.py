"""Decisions by page: who sees what waits, approving, refusing, accepting, declining."""

import pytest
from django.urls import reverse

from crm.models import ChangeSet, Customer
from crm.selectors import approvals as ask
from crm.selectors import changesets
from tests.crm.changesets_world import held, proposed, run, task


def place(one, name="approval"):
    return reverse(f"crm:{name}", args=[one.pk])


def test_a_proposal_waits_for_whoever_may_decide_and_for_nobody_else(cast):
    one = proposed(cast, held(cast, 21))
    for name in cast.people:
        expected = [one] if name in ("zhao", "sun") else []
        assert list(ask.proposals(cast[name])) == expected, name


def test_customers_wait_for_their_receiver_alone(cast):
    one = proposed(cast, held(cast, 2))
    for name in cast.people:
        assert list(ask.offers(cast[name])) == ([one] if name == "chen" else []), name


def test_a_head_approves_what_was_seen_and_goes_to_the_next_decision(cast, as_):
    one, other = (
        proposed(cast, held(cast, 21)),
        proposed(cast, held(cast, 21), taker="he", actor="sun"),
    )
    page = as_(cast.zhao).get(place(one))
    assert "客户 3" in page.content.decode()
    answer = as_(cast.zhao).post(place(one), {"verdict": "yes", "seen": page.context["plan"].seen})
    assert answer.status_code == 303 and answer["Location"] == place(other)
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("approved", cast.zhao)


def test_a_refusal_without_a_reason_is_asked_for_one(cast, as_):
    one = proposed(cast, held(cast, 21))
    answer = as_(cast.zhao).post(place(one), {"verdict": "no", "note": " "})
    assert answer.status_code == 422 and "Say why." in answer.content.decode()
    one.refresh_from_db()
    assert one.state == "proposed"
    as_(cast.zhao).post(place(one), {"verdict": "no", "note": "Too many at once"})
    one.refresh_from_db()
    assert (one.state, one.decision_note) == ("refused", "Too many at once")


def test_what_moved_since_the_page_was_shown_is_a_conflict_with_a_fresh_page(cast, as_):
    ids = held(cast, 21)
    one = proposed(cast, ids)
    seen = changesets.fingerprint(one)
    task(cast, ids[0], "li")
    answer = as_(cast.zhao).post(place(one), {"verdict": "yes", "seen": seen})
    assert answer.status_code == 409
    assert answer.context["plan"].seen == changesets.fingerprint(one) != seen
    one.refresh_from_db()
    assert one.state == "proposed"


def test_a_decision_sent_twice_leads_to_what_was_decided(cast, as_):
    one = proposed(cast, held(cast, 21))
    data = {"verdict": "yes", "seen": changesets.fingerprint(one)}
    as_(cast.zhao).post(place(one), data)
    again = as_(cast.zhao).post(place(one), data)
    assert again.status_code == 303 and again["Location"] == one.get_absolute_url()


def test_the_receiver_sees_name_and_tier_before_the_yes_and_may_read_after_it(cast, as_):
    ids = held(cast, 2, tier="B")
    one = proposed(cast, ids)
    page = as_(cast.chen).get(place(one, "approval-offer")).content.decode()
    assert "客户 0" in page and "Tier B" in page
    assert as_(cast.chen).get(reverse("crm:customer", args=[ids[0]])).status_code == 404
    as_(cast.chen).post(place(one, "approval-offer"), {"verdict": "yes"})
    run()
    assert as_(cast.chen).get(reverse("crm:customer", args=[ids[0]])).status_code == 200


def test_a_receiver_declines_with_a_reason(cast, as_):
    one = proposed(cast, held(cast, 2))
    answer = as_(cast.chen).post(place(one, "approval-offer"), {"verdict": "no"})
    assert answer.status_code == 422
    as_(cast.chen).post(place(one, "approval-offer"), {"verdict": "no", "note": "No room"})
    one.refresh_from_db()
    assert one.state == "cancelled"
    assert not Customer.objects.visible_to(cast.chen).filter(name__startswith="客户").exists()


@pytest.mark.parametrize("verdict", ["", "maybe", "approve"])
def test_a_verdict_that_is_none_changes_nothing(cast, as_, verdict):
    one = proposed(cast, held(cast, 21))
    answer = as_(cast.zhao).post(place(one), {"verdict": verdict, "seen": "x"})
    assert answer.status_code == 422
    assert ChangeSet.objects.get(pk=one.pk).state == "proposed"


def test_nothing_waits_is_said_in_words(cast, as_):
    page = as_(cast.wu).get(reverse("crm:approvals"))
    assert "Nothing needs your approval." in page.content.decode()


def test_two_hundred_proposals_cost_as_many_statements_as_two(
    cast, as_, django_assert_max_num_queries
):
    from crm.models import Change

    first = proposed(cast, held(cast, 21))
    rows = list(first.changes.all())
    for _number in range(40):
        one = ChangeSet.objects.get(pk=first.pk)
        one.pk = None
        one.save()
        Change.objects.bulk_create(
            Change(change_set=one, customer=row.customer, seat=row.seat, giver=row.giver, taker=row.taker)
            for row in rows[:2]
        )  # fmt: skip
    client = as_(cast.zhao)
    client.get(reverse("crm:approvals"))
    with django_assert_max_num_queries(14):
        assert client.get(reverse("crm:approvals")).status_code == 200
