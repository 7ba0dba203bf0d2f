"""Acting: it begins and ends by itself, and what is done meanwhile is told as done on behalf of somebody."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action, can
from accounts.models import Absence, TrailEntry
from accounts.selectors.sentences import Reader
from accounts.services import people
from crm.models import Assignment, Customer
from crm.seats import Seat
from crm.selectors.ownership import acting_for
from crm.services import activities, customers, ownership, shares, tiers
from kit.clock import database_now
from kit.errors import NotAllowed

TICK = timedelta(microseconds=1)


def log(customer, actor, note="Agreed on March"):
    return activities.log(
        actor=actor, customer=customer, client_uuid=uuid4(), kind="call", note=note
    )


def told(subject):
    return TrailEntry.objects.filter(
        subject_type=subject._meta.label_lower, subject_id=str(subject.pk)
    ).latest("pk")


def edit(cast, actor, **values):
    return customers.edit(
        actor=actor, customer=cast.huadong, values=values or {"address": "1 Example Road"},
        version=cast.huadong.version,
    )  # fmt: skip


# -- the edges -------------------------------------------------------------------------------------


@pytest.fixture
def absence(cast):
    """Li is away for a day from tomorrow on."""
    start = database_now() + timedelta(days=1)
    period = DateTimeTZRange(start, start + timedelta(days=1), "[)")
    return Absence.objects.create(person=cast.li, period=period)


@pytest.mark.parametrize(
    ("edge", "shift", "acts"),
    [
        ("lower", -TICK, False),
        ("lower", timedelta(0), True),
        ("upper", -TICK, True),
        ("upper", timedelta(0), False),
    ],
)
def test_the_backup_acts_from_the_first_instant_of_an_absence_to_before_its_end(
    cast, absence, edge, shift, acts
):
    at = getattr(absence.period, edge) + shift
    assert acting_for(cast.huadong, at) == (cast.chen if acts else None)
    may = Customer.objects.visible_to(cast.chen, Action.CUSTOMER_EDIT, at)
    assert may.filter(pk=cast.huadong.pk).exists() is acts


def test_acting_begins_and_ends_by_itself_between_two_statements(cast):
    """Nothing runs in between: only the period is moved to the other side of now."""
    now = database_now()
    away = Absence.objects.create(
        person=cast.li, period=DateTimeTZRange(now + timedelta(hours=1), now + timedelta(hours=2))
    )
    assert not can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
    away.period = DateTimeTZRange(now - timedelta(hours=1), now + timedelta(hours=1))
    away.save()
    assert can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
    away.period = DateTimeTZRange(now - timedelta(hours=1), database_now())
    away.save()
    assert not can(cast.chen, Action.CUSTOMER_EDIT, cast.huadong)
    with pytest.raises(NotAllowed):
        edit(cast, cast.chen)


# -- on behalf of ----------------------------------------------------------------------------------


def test_what_the_acting_backup_writes_is_told_on_behalf_of_the_account_manager(cast, absent):
    absent(cast.li)
    edit(cast, cast.chen)
    assert told(cast.huadong).on_behalf_of_id == cast.li.pk
    activity = log(cast.huadong, cast.chen)
    assert told(activity).on_behalf_of_id == cast.li.pk
    sentence = Reader(cast.he, [told(activity)]).told()[0].sentence
    assert "Chen Jie" in sentence and "on behalf of" in sentence and "Li Wei" in sentence
    assert activity.author == cast.chen  # who did it stays who did it


def test_before_and_after_an_absence_nothing_is_on_behalf_of_anybody(cast, absence):
    assert told(log(cast.huadong, cast.chen)).on_behalf_of_id is None
    people.end_absence(actor=cast.he, absence=absence)
    assert told(log(cast.huadong, cast.chen, note="Later")).on_behalf_of_id is None


def test_the_absent_one_writes_for_nobody_but_themselves(cast, absent):
    absent(cast.li)
    assert told(log(cast.huadong, cast.li)).on_behalf_of_id is None


def test_with_an_able_backup_the_lead_writes_in_their_own_name(cast, absent):
    absent(cast.li)
    assert told(log(cast.huadong, cast.he)).on_behalf_of_id is None


def test_the_lead_acts_when_the_backup_is_away_too(cast, absent):
    absent(cast.li)
    absent(cast.chen)
    assert told(log(cast.huadong, cast.he)).on_behalf_of_id == cast.li.pk


def test_acting_for_somebody_frozen_is_on_their_behalf_and_ends_with_the_lifting(cast):
    people.set_state(actor=cast.system, person=cast.li, state="frozen", reason="Phone lost")
    assert told(log(cast.huadong, cast.chen)).on_behalf_of_id == cast.li.pk
    people.set_state(actor=cast.system, person=cast.li, state="active", reason="Found")
    assert told(log(cast.huadong, cast.chen, note="Later")).on_behalf_of_id is None


def test_nobody_acts_on_behalf_of_nobody_at_a_vacant_customer(cast):
    ownership.end(actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER)
    assert told(log(cast.huadong, cast.chen)).on_behalf_of_id is None


def test_what_a_lead_decides_is_never_on_behalf_of_the_led(cast, absent):
    absent(cast.li)
    absent(cast.chen)
    until = database_now().date() + timedelta(days=9)
    tiers.override(
        actor=cast.he, customer=cast.huadong, tier="B", until=until, reason="Less volume"
    )
    assert told(cast.huadong).on_behalf_of_id is None
    share = shares.grant(
        actor=cast.he, customer=cast.huadong, person=cast.wu, right="read_customer", why="Cover",
        until=database_now() + timedelta(days=3),
    )  # fmt: skip
    assert told(share).on_behalf_of_id is None


def test_acting_moves_no_seat_and_no_clock_of_a_seat(cast, absent):
    before = list(Assignment.objects.order_by("pk").values())
    absent(cast.li)
    edit(cast, cast.chen)
    log(cast.huadong, cast.chen)
    assert list(Assignment.objects.order_by("pk").values()) == before


def test_a_stranger_does_not_get_in_by_anybodys_absence(cast, absent):
    absent(cast.li)
    with pytest.raises(Http404):
        log(cast.huadong, cast.wu)
    assert not TrailEntry.objects.filter(verb="activities.log").exists()


def test_one_acts_only_where_the_absent_one_is_account_manager(cast, absent):
    ownership.assign(actor=cast.sun, customer=cast.nanqiao, seat=Seat.BACKUP, person=cast.chen)
    absent(cast.li)
    assert told(log(cast.huadong, cast.chen)).on_behalf_of_id == cast.li.pk
    assert told(log(cast.nanqiao, cast.chen)).on_behalf_of_id is None


# -- what people read ------------------------------------------------------------------------------


def page(client, person, url, language="en"):
    client.force_login(person, backend="accounts.backends.SignIn")
    client.cookies["language"] = language
    return client.get(url).content.decode()


@pytest.mark.parametrize(
    ("language", "today", "at_customer", "others"),
    [
        ("en", "You act for Li Wei until", "told as done on their behalf", "answers."),
        ("zh-hans", "您代理李伟，至", "均记为代李伟所做", "由陈洁代理"),
    ],
)
def test_a_banner_tells_who_acts_and_everybody_else_who_answers(
    cast, absent, client, language, today, at_customer, others
):
    url = cast.huadong.get_absolute_url()
    assert today not in page(client, cast.chen, "/", language)
    absent(cast.li)
    assert today in page(client, cast.chen, "/", language)
    assert at_customer in page(client, cast.chen, url, language)
    for_lead = page(client, cast.he, url, language)
    assert at_customer not in for_lead and others in for_lead
    Absence.objects.all().delete()
    assert today not in page(client, cast.chen, "/", language)
    assert at_customer not in page(client, cast.chen, url, language)
