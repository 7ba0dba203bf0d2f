"""The trail page: sentences, names only with sight, values only with a right, reading written down."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils.html import strip_tags

from accounts import audit
from accounts.access import Role
from accounts.models import Absence, Notice, Person, TrailEntry
from accounts.selectors import sentences
from accounts.selectors.audit import trail
from accounts.services import org, people
from accounts.services import trail as verbs
from crm.models import Contact, Customer
from crm.seats import Seat
from crm.services import contacts, customers, ownership
from kit.models import Counter, Disclosure
from kit.outbox import relay

PAGE = reverse("accounts:trail")


@pytest.fixture
def page(client):
    def read(person, query="", language="en"):
        client.force_login(person, backend="accounts.backends.SignIn")
        client.cookies["language"] = language
        return client.get(PAGE + query)

    return read


@pytest.fixture
def moved(cast):
    """He Jun moves 华东机电 from Li Wei to Chen Jie."""
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen,
        reason="Li Wei has too many",
    )  # fmt: skip


def words(response):
    """The text of the first entry."""
    import re

    html = response.content.decode()
    first = html[html.index('id="entry-') :].partition("</header>")[0].partition("<header>")[2]
    return " ".join(re.sub(r"<[^>]+>", "", first).split())


def test_auditor_reads_a_move_as_a_sentence(cast, page, moved):
    assert words(page(cast.fang)).startswith(
        "He Jun made Chen Jie account manager of 华东机电 in place of Li Wei, because Li Wei has too many"
    )


def test_auditor_reads_it_in_chinese(cast, page, moved):
    said = words(page(cast.fang, language="zh-hans"))
    assert said.startswith("何军将华东机电的负责人由李伟改为陈洁，原因：Li Wei has too many")


def test_a_verb_without_a_sentence_still_reads_as_one(cast, page):
    customers.edit(
        actor=cast.li,
        customer=cast.huadong,
        values={"address": "Here"},
        version=cast.huadong.version,
    )
    assert words(page(cast.fang)).startswith("Li Wei changed address of 华东机电")


SEES = {"li": False, "he": True, "zhao": True, "sun": True, "fang": True, "qian": False, "wu": False,
        "hu": False, "yu": False}  # fmt: skip


@pytest.mark.parametrize("name", SEES)
def test_a_lead_reads_the_team_and_a_rep_their_own_acts(cast, moved, name):
    entries = trail(cast[name]).filter(verb="ownership.assign")
    assert entries.exists() == SEES[name]


@pytest.mark.parametrize("name", ["gao", "lin", "tang", "ming"])
def test_whoever_has_no_power_over_the_trail_is_refused(cast, page, name):
    assert page(cast[name]).status_code == 403


def test_a_lead_on_notice_reads_own_acts_only(cast, moved):
    Person.objects.filter(pk=cast.zhao.pk).update(state="on_notice")
    cast.zhao.refresh_from_db()
    assert not trail(cast.zhao).exclude(actor_id=cast.zhao.pk).exists()


def test_hr_reads_acts_on_people_and_no_customer(cast, page, moved):
    people.set_roles(
        actor=cast.hu, person=cast.ming, roles=[Role.EMPLOYEE, Role.REP], reason="Sells"
    )
    body = page(cast.hu).content.decode()
    assert "Ming Yue" in body and "华东机电" not in body


def test_rep_who_lost_a_customer_reads_no_name_and_no_value(cast, page):
    customers.edit(
        actor=cast.li, customer=cast.huadong, values={"address": "Secret Lane 5"},
        version=cast.huadong.version,
    )  # fmt: skip
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    body = page(cast.li).content.decode()
    assert "a customer" in words(page(cast.li))
    assert "华东机电" not in body and "Secret Lane" not in body and "hidden" in body


def test_sealed_values_open_for_who_edits_and_stay_hidden_for_others(cast, page):
    contacts.create(
        actor=cast.li, customer=cast.huadong, values={"name": "周敏", "note": "likes tea"}
    )
    assert "likes tea" in page(cast.he).content.decode()
    entry = TrailEntry.objects.get(subject_type="crm.contact")
    assert "likes tea" not in str(entry.changes)
    Contact.objects.get(pk=entry.subject_id).key.delete()
    assert "likes tea" not in page(cast.he).content.decode()
    assert "erased" in page(cast.he).content.decode()


def test_a_channel_stays_masked_in_the_trail(cast, page):
    from crm.services import channels

    contact = contacts.create(actor=cast.li, customer=cast.huadong, values={"name": "周敏"})
    channels.add(
        actor=cast.li, customer=cast.huadong, contact=contact,
        values={"kind": "phone", "value": "13800005678", "held_by": "company"},
    )  # fmt: skip
    for person in (cast.he, cast.fang, cast.li):
        assert "13800005678" not in page(person).content.decode()


def test_reading_the_acts_of_others_is_written_down(cast, page, moved):
    page(cast.fang, "?area=ownership")
    entry = TrailEntry.objects.get(verb="trail.read")
    assert entry.actor_id == cast.fang.pk and entry.changes["filters"][1] == {"area": "ownership"}
    assert cast.huadong.pk in Disclosure.objects.get(person_id=cast.fang.pk).customer_ids
    assert "read the trail" in words(page(cast.fang, "?area=trail"))


def test_reading_one_s_own_acts_leaves_nothing(cast, page):
    page(cast.li)
    assert not TrailEntry.objects.filter(verb="trail.read").exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?person=hejun", 1), ("?person=nobody", 0), ("?area=ownership", 1), ("?area=links", 0),
        ("?customer=huadong", 1), ("?customer=nanqiao", 0), ("?since=2020-01-01", 1),
        ("?until=2020-01-01", 0), ("?after=abc", 1), ("?after=1", 0), (f"?after={9**40}", 1),
    ],
)  # fmt: skip
def test_filters_narrow_the_trail(cast, page, moved, query, found):
    body = page(cast.fang, query).content.decode()
    assert body.count("in place of") == found


@pytest.mark.parametrize(
    "query", ["?since=yesterday", "?since=2026-02-02&until=2026-01-01", "?area=x"]
)
def test_bad_filters_are_said_at_the_field(cast, page, query):
    response = page(cast.fang, query)
    assert response.status_code == 422 and "error" in response.content.decode()


def test_pages_follow_one_another_without_gap_or_double(cast, page):
    for n in range(30):
        customers.edit(
            actor=cast.li, customer=Customer.objects.get(pk=cast.huadong.pk),
            values={"address": f"Street {n}"}, version=Customer.objects.get(pk=cast.huadong.pk).version,
        )  # fmt: skip
    from accounts.selectors.audit import page_of

    first, newer, older = page_of(trail(cast.li))
    second, back, end = page_of(trail(cast.li), after=older)
    assert (len(first), len(second), newer, end) == (25, 5, None, None)
    assert [e.pk for e in page_of(trail(cast.li), before=back)[0]] == [e.pk for e in first]


def test_every_verb_tells_a_sentence_in_both_languages(cast, moved):
    from django.utils.translation import override

    entry = TrailEntry.objects.first()
    for verb in sentences.SENTENCES:
        entry.verb, entry.subject_type = (
            verb if isinstance(verb, tuple) else (verb, entry.subject_type)
        )
        for language in ("en", "zh-hans"):
            with override(language):
                assert "%(" not in sentences.Reader(cast.fang, [entry]).sentence(entry)


@pytest.mark.parametrize(
    ("old", "area", "other"),
    [("changesets.refuse", "approvals", "changesets"), ("departures.withdraw", "cases", "departures"),
     ("cases.open", "cases", "departures")],
)  # fmt: skip
def test_a_verb_that_has_another_name_now_reads_and_is_found_as_before(cast, old, area, other):
    from accounts.selectors.audit import trail as found

    with transaction.atomic(), audit.verb(old, cast.hu):
        audit.record(cast.li, {"note": (None, "No room")})
    entry = TrailEntry.objects.get(verb=old)
    now = sentences.Reader(cast.fang, [entry]).sentence(entry)
    entry.verb = sentences.FORMER[old]
    assert now == sentences.Reader(cast.fang, [entry]).sentence(entry)
    assert found(cast.fang, area=area).filter(pk=entry.pk).exists()
    assert not found(cast.fang, area=other).filter(pk=entry.pk).exists()


def test_a_row_that_no_service_made_raises_the_alarm_once(cast):
    verbs.alarm()
    assert Counter.objects.filter(name__startswith="row-events").exists()
    Absence.objects.create(person=cast.wu, period=_week())
    assert verbs.alarm() == 1
    assert verbs.alarm() == 0
    relay()
    told = Notice.objects.filter(code="trail.alarm").values_list("person", flat=True)
    assert set(told) == {cast.fang.pk, cast.yu.pk}


def test_what_a_service_made_raises_no_alarm(cast, moved):
    verbs.alarm()
    people.set_roles(
        actor=cast.hu, person=cast.ming, roles=[Role.EMPLOYEE, Role.REP], reason="Sells"
    )
    assert verbs.alarm() == 0


def _week():
    from datetime import timedelta

    from django.utils import timezone
    from psycopg2.extras import DateTimeTZRange

    now = timezone.now()
    return DateTimeTZRange(now, now + timedelta(days=7), "[)")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_days(cast, client, day):
    client.force_login(cast.he)
    for name in ("since", "until"):
        assert client.get(reverse("accounts:trail"), {name: day}).status_code == 200


@pytest.mark.parametrize(
    ("language", "joined", "left"),
    [("en", "put Wu Hao", "took Wu Hao"), ("zh-hans", "将吴昊编入", "将吴昊移出")],
)
def test_the_trail_names_who_joined_and_who_left_a_unit(cast, client, language, joined, left):
    org.join(actor=cast.hu, unit=cast.units["east"], person=cast.wu)
    org.leave(actor=cast.hu, unit=cast.units["east"], person=cast.wu)
    client.force_login(cast.hu)
    client.cookies["language"] = language
    text = strip_tags(client.get(reverse("accounts:trail")).content.decode())
    assert joined in text and left in text


def test_a_unit_is_named_in_the_language_of_the_reader(cast, page):
    org.move(actor=cast.hu, unit=cast.units["east"], parent=cast.units["root"])
    assert words(page(cast.fang)).startswith("Hu Rong moved East team from Sales to Company")
    said = words(page(cast.fang, language="zh-hans"))
    assert "华东组" in said and "销售部" in said and "East" not in said


def test_a_name_that_thousands_bear_finds_all_of_them(cast, page, moved):
    crowd = [
        Person(username=f"crowd{n}", name="Zz", search_key="zz", sort_key="zz")
        for n in range(1_001)
    ]
    Person.objects.bulk_create(crowd)
    Person.objects.filter(pk=cast.he.pk).update(search_key="zz")
    assert page(cast.fang, "?person=zz").content.decode().count("in place of") == 1
