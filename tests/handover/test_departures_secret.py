"""While a case is confidential nothing of it shows to the leaver, nor to anybody who is not named."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import audit
from accounts.access import Role
from accounts.models import Notice, Person, TrailEntry
from accounts.selectors.holdings import held_by
from crm.models import ChangeSet
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import successors
from handover.services import cases, departures
from kit import outbox
from kit.clock import database_now
from kit.errors import Conflict
from tests.handover.test_departures_plan import plan, working
from tests.matrix import addresses, engine

pytestmark = pytest.mark.django_db
CHANGING = re.compile(
    rb'(nonce|csrfmiddlewaretoken|client_uuid|value)="[^"]*"|"X-CSRFToken": "[^"]*"|\d+ entr|<time[^>]*>[^<]*<|class="as-of">[^<]*'
)


def secret(cast, *people, named=(), **more):
    """An open case that only hu and those named know of, for five working days."""
    departure = plan(cast, *people, confidential_until=working(5), named=named, **more)
    return cases.begin(actor=cast.hu, departure=departure, version=departure.version)


def time_has_come(departure):
    """The confidential time is over, and the outbox has done what was due."""
    Departure.objects.filter(pk=departure.pk).update(
        confidential_until=database_now() - timedelta(seconds=1)
    )
    from kit.outbox import Effect

    Effect.objects.filter(kind="departure.secret_over").update(due_at=database_now())
    outbox.relay()
    departure.refresh_from_db()
    return departure


def everything(client, cast, person):
    """(address, status, body) of every page and API answer that needs no more than the cast's ids."""
    client.force_login(person)
    answers = []
    # What one has looked at lately stands on the page of the search, so that one comes last.
    for address in sorted(engine.every_address(), key=lambda one: one.name == "crm:palette"):
        try:
            arguments = {name: argument(name, cast) for name in address.parameters}
            url = reverse(address.name, kwargs=arguments)
        except Exception:
            continue
        tells_time = url in ("/ui", "/readyz")
        if tells_time or "logout" in url or "schema" in url or "login" in url:
            continue
        cache.clear()
        answer = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers.append((url, answer.status_code, CHANGING.sub(b"", body)))
    return answers


def parts(one, other):
    """Where two answers begin to differ, to read in a failure."""
    place = next((i for i, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), 0)
    return one[0], one[2][place - 60 : place + 60], other[2][place - 60 : place + 60]


def argument(name, cast):
    if name in ("pk", "customer"):
        return cast.huadong.pk
    if name == "person":
        return cast.li.pk
    return addresses.WORDS[name]


@pytest.mark.parametrize("name", ["li", "sun"])
def test_a_confidential_case_changes_no_byte_of_any_page_for_who_is_not_named(cast, client, name):
    person = cast[name]
    outbox.relay()
    before = everything(client, cast, person)
    told = Notice.objects.filter(person=person).count()
    departure = secret(cast)
    outbox.relay()
    after = everything(client, cast, person)
    assert len(before) > 60
    changed = [one[0] for one, other in zip(before, after, strict=True) if one != other]
    assert changed == [], [parts(a, b) for a, b in zip(before, after, strict=True) if a != b][:3]
    assert departure.customers.exists() and Notice.objects.filter(person=person).count() == told


def test_a_confidential_case_leaves_the_rights_and_seats_as_they_are(cast):
    departure = secret(cast)
    outbox.relay()
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ACTIVE
    assert not ChangeSet.objects.filter(origin="departure").exists()
    assert departure.revealed_at is None


def test_when_the_time_has_come_rights_narrow_once_and_the_transfer_is_proposed_once(cast):
    departure = time_has_come(secret(cast))
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ON_NOTICE and departure.revealed_at
    assert departure.change_sets.count() == 1
    outbox.post("departure.secret_over", departure=departure.pk)
    outbox.relay()
    assert departure.change_sets.count() == 1
    told = TrailEntry.objects.filter(verb="people.set_state", subject_id=str(cast.li.pk))
    assert told.count() == 1


def test_a_withdrawn_secret_never_comes_out(cast):
    departure = secret(cast)
    cases.withdraw(actor=cast.hu, departure=departure, reason="stays")
    time_has_come(departure)
    cast.li.refresh_from_db()
    assert cast.li.state == Person.State.ACTIVE and not departure.change_sets.exists()
    for person in (cast.li, cast.chen, cast.he):
        assert not Departure.objects.visible_to(person).exists()
        assert not HandoverTask.objects.visible_to(person).exists()


def test_a_secret_that_is_moved_to_a_later_day_does_not_come_out_on_the_first(cast):
    departure = secret(cast)
    departures.edit(
        actor=cast.hu, departure=departure, values={"confidential_until": working(9)},
        version=departure.version,
    )  # fmt: skip
    from kit.outbox import Effect

    first = Effect.objects.filter(kind="departure.secret_over").earliest("pk")
    Effect.objects.filter(pk=first.pk).update(due_at=database_now())
    outbox.relay()
    departure.refresh_from_db()
    assert departure.revealed_at is None


def test_who_is_named_knows_of_the_case(cast):
    departure = secret(cast, named=[cast.sun])
    assert Departure.objects.visible_to(cast.sun).filter(pk=departure.pk).exists()
    assert not Departure.objects.visible_to(cast.zhao).exists()


def test_another_of_hr_learns_no_more_than_that_somebody_else_has_to_agree(cast):
    secret(cast)
    other = Person.objects.create(username="hr2", name="马莉", roles=[Role.HR])
    with pytest.raises(Conflict) as refused:
        plan(cast, by=other)
    assert str(refused.value) == "This needs a second approver."
    assert cast.li.pk not in successors.leavers(other)
    assert cast.li.pk in successors.leavers(cast.hu)


def test_the_trail_says_nothing_of_a_secret_to_director_and_auditor_until_it_is_known(cast):
    departure = secret(cast)
    mine = TrailEntry.objects.filter(subject_type__startswith="handover.")
    for person in (cast.sun, cast.fang, cast.yu, cast.li, cast.he):
        assert not mine.visible_to(person).exists()
    assert mine.visible_to(cast.hu).exists()
    time_has_come(departure)
    assert mine.visible_to(cast.sun).exists()


def test_a_director_who_leaves_does_not_read_the_own_plan_out_of_the_trail(cast):
    plan(cast, cast.sun)
    assert not TrailEntry.objects.filter(verb="departures.prepare").visible_to(cast.sun).exists()
    assert TrailEntry.objects.filter(verb="departures.prepare").visible_to(cast.fang).exists()


def test_counts_of_what_is_held_keep_the_secret_too(cast):
    secret(cast)
    for viewer in (cast.sun, cast.fang, cast.he):
        for person in (cast.li, cast.chen, cast.he):
            lines = {line.relation: line for line in held_by(person, viewer)}
            for name in ("handover.Departure.person", "handover.HandoverTask.person",
                         "handover.CustomerHandover.successor"):  # fmt: skip
                assert lines[name].open + lines[name].past == 0 if name in lines else True


@pytest.mark.parametrize("name", ["li", "chen", "he", "sun", "fang", "gao"])
def test_rows_of_a_secret_are_invisible_to_everybody_who_is_not_named(cast, name):
    secret(cast)
    for model in (Departure, CustomerHandover, HandoverTask):
        assert not model.objects.visible_to(cast[name]).exists()


def test_the_page_of_a_secret_plan_looks_like_a_missing_one(cast, client):
    departure = secret(cast)
    client.force_login(cast.sun)
    there = client.get(reverse("handover:departure-plan", args=[departure.pk]))
    missing = client.get(reverse("handover:departure-plan", args=[departure.pk + 999]))
    assert there.status_code == missing.status_code == 404
    assert there.content == missing.content


@pytest.mark.parametrize("name", ["sun", "fang", "zhao", "he"])
def test_a_draft_is_seen_by_those_alone_who_run_cases(cast, name):
    departure = plan(cast)
    assert not Departure.objects.visible_to(cast[name]).exists()
    assert not departure.customers.all().visible_to(cast[name]).exists()
    assert Departure.objects.visible_to(cast.hu).exists()
    cases.begin(actor=cast.hu, departure=departure, version=departure.version)
    assert Departure.objects.visible_to(cast[name]).exists()


def test_what_was_taken_back_in_secret_stays_unknown_when_its_day_is_over(cast):
    departure = secret(cast)
    cases.withdraw(actor=cast.hu, departure=departure, reason="stays")
    with audit.verb("tests", cast.hu):
        Departure.objects.filter(pk=departure.pk).update(confidential_until=database_now())
    entries = TrailEntry.objects.filter(subject_type__startswith="handover.")
    assert not Departure.objects.visible_to(cast.sun).exists()
    assert not entries.visible_to(cast.sun).exists() and entries.visible_to(cast.fang).exists()
    assert Departure.objects.visible_to(cast.hu).exists()
