"""Logging once, correcting in the open, confirming, finishing."""

import uuid
from datetime import timedelta

import pytest
from django.db import InternalError, connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import TrailEntry
from crm.models import Activity, ActivityContact, Contact, CustomerAccess, Position
from crm.selectors.activities import versions
from crm.services import activities
from crm.services.said import FirstKept
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.outbox import Effect


@pytest.fixture
def wang(cast):
    """Wang Fang, who buys for 华东机电."""
    return at(cast.huadong, "王芳")


def at(customer, name):
    contact = Contact.objects.create(name=name)
    Position.objects.create(contact=contact, customer=customer, title="采购")
    return contact


def log(actor, customer, **values):
    return activities.log(
        actor=actor,
        customer=customer,
        **({"client_uuid": uuid.uuid4(), "note": "谈了价格"} | values),
    )


def asked(person):
    """How often somebody was asked to confirm."""
    return Effect.objects.filter(payload__code="activity.joint", payload__to=person.pk).count()


def statements(captured):
    """What was sent besides the control of the transaction."""
    control = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    return [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]


def test_a_rep_logs_a_visit_and_the_customer_moves_up_in_every_list(cast):
    visit = log(cast.li, cast.huadong)
    cast.huadong.refresh_from_db()
    assert (visit.author, visit.kind, visit.note) == (cast.li, "visit", "谈了价格")
    assert visit.recorded_at and not visit.is_late
    assert cast.huadong.last_activity_at == visit.happened_at
    assert cast.huadong.last_confirmed_at is None
    rows = CustomerAccess.objects.filter(customer=cast.huadong)
    assert {row.last_activity_at for row in rows} == {visit.happened_at}


def test_a_plain_visit_costs_ten_statements(cast):
    """One asks whether it is done for an account manager who is away, one what handover it finishes."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        log(cast.li, cast.huadong)
    assert len(statements(captured)) <= 10, statements(captured)


def test_the_trail_names_the_visit_but_not_what_was_said(cast, wang):
    visit = log(cast.li, cast.huadong, contacts=[wang], next_step="送样品")
    entry = TrailEntry.objects.get(verb="activities.log", subject_id=visit.pk)
    assert (entry.actor_id, entry.customer_id) == (cast.li.pk, cast.huadong.pk)
    assert entry.changes["contacts"] == [None, [wang.pk]]
    assert entry.changes["note"] == entry.changes["next_step"] == {"hidden": True}
    assert "谈了价格" not in str(entry.changes)


def test_the_same_visit_sent_again_is_the_same_visit(cast, wang):
    key = uuid.uuid4()
    first = log(cast.li, cast.huadong, client_uuid=key, contacts=[wang])
    again = log(cast.li, cast.huadong, client_uuid=str(key), contacts=[wang.pk, wang.pk],
                ago=timedelta(minutes=20))  # fmt: skip
    assert again == first
    assert Activity.objects.count() == 1
    assert TrailEntry.objects.filter(verb="activities.log").count() == 1
    assert first.events.count() == 1


def test_another_body_under_the_same_id_is_refused_and_the_first_kept(cast):
    key = uuid.uuid4()
    first = log(cast.li, cast.huadong, client_uuid=key)
    with pytest.raises(FirstKept) as refusal:
        log(cast.li, cast.huadong, client_uuid=key, note="etwas anderes")
    assert refusal.value.activity == first
    assert Activity.objects.get().note == "谈了价格"


def test_the_id_of_somebody_elses_visit_reveals_nothing(cast):
    key = uuid.uuid4()
    log(cast.li, cast.huadong, client_uuid=key)
    with pytest.raises(FirstKept) as refusal:
        log(cast.wu, cast.nanqiao, client_uuid=key)
    assert refusal.value.activity is None
    assert Activity.objects.count() == 1


def test_a_colleague_with_the_same_words_gets_no_visit_of_somebody_else(cast):
    key = uuid.uuid4()
    log(cast.li, cast.huadong, client_uuid=key)
    with pytest.raises(FirstKept) as refusal:
        log(cast.chen, cast.huadong, client_uuid=key)
    assert refusal.value.activity is None
    assert Activity.objects.get().author == cast.li


def test_a_visit_sent_again_after_the_customer_moved_is_still_stored(cast):
    from crm.seats import Seat
    from crm.services import ownership

    key = uuid.uuid4()
    first = log(cast.li, cast.huadong, client_uuid=key)
    ownership.assign(
        actor=cast.he, customer=cast.huadong, seat=Seat.ACCOUNT_MANAGER, person=cast.chen
    )
    assert log(cast.li, cast.huadong, client_uuid=key) == first
    with pytest.raises(Http404):
        log(cast.li, cast.huadong)


@pytest.mark.parametrize("who", ["wu", "qian", "lin", "hu", "ming", "ren", "bai"])
def test_strangers_get_404_and_nothing_is_written(cast, who):
    with pytest.raises(Http404):
        log(cast[who], cast.huadong)
    assert not Activity.objects.exists() and not TrailEntry.objects.filter(verb="activities.log")


@pytest.mark.parametrize("who", ["gao", "sun", "fang"])
def test_people_who_only_read_may_not_log(cast, who):
    with pytest.raises(NotAllowed):
        log(cast[who], cast.huadong)
    assert not Activity.objects.exists()


def test_the_backup_and_the_lead_may_log(cast):
    assert log(cast.chen, cast.huadong).author == cast.chen
    assert log(cast.he, cast.huadong).author == cast.he


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "party"}, "kind"),
        ({"note": "x" * 10_001}, "note"),
        ({"next_step": "x" * 201}, "next_step"),
        ({"happened_at": timezone.now() + timedelta(hours=1)}, "happened_at"),
        ({"happened_at": timezone.now().replace(year=1200)}, "happened_at"),
        ({"contacts": [10**30]}, "contacts"),
        ({"contacts": ["x"]}, "contacts"),
        ({"contacts": [999_999]}, "contacts"),
        ({"visitors": [999_999]}, "visitors"),
        ({"next_step_on": timezone.localdate() - timedelta(days=9)}, "next_step_on"),
        ({"next_step_on": timezone.localdate().replace(year=9999)}, "next_step_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast, values, field):
    with pytest.raises(Refused) as refusal:
        log(cast.li, cast.huadong, **values)
    assert list(refusal.value.fields) == [field] and refusal.value.status == 422
    assert not Activity.objects.exists()


def test_a_word_that_is_no_id_is_refused(cast):
    with pytest.raises(Refused):
        log(cast.li, cast.huadong, client_uuid="not-a-uuid")


def test_contacts_of_another_customer_are_refused(cast):
    theirs = at(cast.nanqiao, "周明")
    with pytest.raises(Refused) as refusal:
        log(cast.li, cast.huadong, contacts=[theirs])
    assert "contacts" in refusal.value.fields
    assert not Activity.objects.exists()


@pytest.mark.parametrize("who", ["li", "ren", "bai"])
def test_oneself_and_people_who_left_are_no_joint_visitors(cast, who):
    with pytest.raises(Refused):
        log(cast.li, cast.huadong, visitors=[cast[who]])


def test_a_phone_a_little_ahead_is_believed_and_an_old_visit_is_flagged_late(cast):
    ahead = log(cast.li, cast.huadong, happened_at=timezone.now() + timedelta(minutes=4))
    late = log(cast.li, cast.huadong, happened_at=timezone.now() - timedelta(hours=25))
    assert not ahead.is_late and late.is_late
    cast.huadong.refresh_from_db()
    assert cast.huadong.last_activity_at == ahead.happened_at


def test_a_visit_that_waited_for_the_network_happened_when_it_was_written(cast):
    visit = log(cast.li, cast.huadong, ago=timedelta(hours=2))
    assert (
        timedelta(hours=1, minutes=59) < visit.recorded_at - visit.happened_at < timedelta(hours=3)
    )


# -- joint visits ---------------------------------------------------------------------------------


def test_a_joint_visitor_is_asked_confirms_and_the_clock_of_the_relation_starts_anew(cast, wang):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin], contacts=[wang])
    assert asked(cast.lin) == 1
    assert Activity.objects.visible_to(cast.lin).get() == visit
    confirmed = activities.confirm(actor=cast.lin, activity=visit)
    assert confirmed.proof == "joint" and confirmed.confirmed_at
    cast.huadong.refresh_from_db()
    assert cast.huadong.last_confirmed_at == visit.happened_at
    activities.confirm(actor=cast.lin, activity=visit)
    assert TrailEntry.objects.filter(verb="activities.confirm").count() == 1


def test_without_a_named_contact_a_confirmation_moves_no_clock(cast):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin])
    activities.confirm(actor=cast.lin, activity=visit)
    cast.huadong.refresh_from_db()
    assert cast.huadong.last_confirmed_at is None


def test_nobody_confirms_for_somebody_else(cast):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin])
    for who, refusal in [
        ("li", NotAllowed),
        ("chen", NotAllowed),
        ("he", NotAllowed),
        ("wu", Http404),
    ]:
        with pytest.raises(refusal):
            activities.confirm(actor=cast[who], activity=visit)
    visit.refresh_from_db()
    assert visit.proof == "" and not visit.visitors.filter(confirmed_at__isnull=False).exists()


def test_each_joint_visitor_confirms_for_oneself(cast):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin, cast.tang])
    activities.confirm(actor=cast.tang, activity=visit)
    said = {row.person: bool(row.confirmed_at) for row in visit.visitors.all()}
    assert said == {cast.lin: False, cast.tang: True}


def test_a_joint_visitor_sees_the_visit_for_thirty_days_only(cast):
    old = log(
        cast.li, cast.huadong, visitors=[cast.lin], happened_at=timezone.now() - timedelta(days=31)
    )
    assert not Activity.objects.visible_to(cast.lin).exists()
    with pytest.raises(Http404):
        activities.confirm(actor=cast.lin, activity=old)


# -- corrections ----------------------------------------------------------------------------------


def test_a_correction_keeps_both_versions_with_their_contacts(cast, wang):
    liu = at(cast.huadong, "刘波")
    visit = log(cast.li, cast.huadong, contacts=[wang])
    activities.correct(
        actor=cast.li, activity=visit, version=1, values={"note": "更正后的内容", "contacts": [liu]}
    )
    first, second = versions(Activity.objects.get())
    assert (first.said.note, first.contacts, first.by) == ("谈了价格", [wang], cast.li)
    assert (second.said.note, second.contacts, second.number) == ("更正后的内容", [liu], 2)
    assert ActivityContact.objects.get().contact == liu


def test_a_correction_of_what_somebody_else_changed_is_a_conflict(cast):
    visit = log(cast.li, cast.huadong)
    activities.correct(actor=cast.li, activity=visit, version=1, values={"note": "eins"})
    with pytest.raises(Conflict):
        activities.correct(actor=cast.li, activity=visit, version=1, values={"note": "zwei"})
    assert Activity.objects.get().note == "eins"


def test_the_same_correction_twice_is_one_version(cast):
    visit = log(cast.li, cast.huadong)
    for _again in range(2):
        activities.correct(actor=cast.li, activity=visit, version=1, values={"note": "eins"})
    assert Activity.objects.get().version == 2
    assert TrailEntry.objects.filter(verb="activities.correct").count() == 1


def test_only_the_author_or_who_acts_corrects(cast, absent):
    visit = log(cast.li, cast.huadong)
    for who, refusal in [
        ("chen", NotAllowed),
        ("he", NotAllowed),
        ("sun", NotAllowed),
        ("wu", Http404),
    ]:
        with pytest.raises(refusal):
            activities.correct(actor=cast[who], activity=visit, version=1, values={"note": "x"})
    assert Activity.objects.get().version == 1
    absent(cast.li)
    activities.correct(actor=cast.chen, activity=visit, version=1, values={"note": "by the backup"})
    assert Activity.objects.get().note == "by the backup"


def test_a_wrong_time_is_put_right_in_every_list(cast):
    log(cast.li, cast.huadong, happened_at=timezone.now() - timedelta(days=9))
    visit = log(cast.li, cast.huadong)
    then = timezone.now() - timedelta(days=3)
    activities.correct(actor=cast.li, activity=visit, version=1, values={"happened_at": then})
    cast.huadong.refresh_from_db()
    assert cast.huadong.last_activity_at == then
    rows = CustomerAccess.objects.filter(customer=cast.huadong)
    assert {row.last_activity_at for row in rows} == {then}


def test_a_correction_of_when_takes_the_confirmation_back_and_asks_again(cast, wang):
    visit = log(cast.li, cast.huadong, visitors=[cast.lin], contacts=[wang])
    activities.confirm(actor=cast.lin, activity=visit)
    then = timezone.now() - timedelta(days=3)
    activities.correct(actor=cast.li, activity=visit, version=1, values={"happened_at": then})
    visit.refresh_from_db()
    cast.huadong.refresh_from_db()
    assert visit.proof == "" and cast.huadong.last_confirmed_at is None
    assert not visit.visitors.filter(confirmed_at__isnull=False).exists()
    assert asked(cast.lin) == 2


def test_fields_that_cannot_be_corrected_are_refused(cast):
    visit = log(cast.li, cast.huadong)
    for name in ("customer", "author", "recorded_at", "proof", "visitors"):
        with pytest.raises(Refused):
            activities.correct(actor=cast.li, activity=visit, version=1, values={name: 1})


# -- next steps -----------------------------------------------------------------------------------


def test_a_next_step_is_done_once(cast):
    visit = log(cast.li, cast.huadong, next_step="送样品", next_step_on=today(company_zone()))
    for _again in range(2):
        done = activities.finish_next_step(actor=cast.chen, activity=visit)
    assert done.next_step_done_at
    assert TrailEntry.objects.filter(verb="activities.finish_next_step").count() == 1
    with pytest.raises(Http404):
        activities.finish_next_step(actor=cast.wu, activity=visit)


def test_what_has_no_next_step_cannot_be_done(cast):
    with pytest.raises(Refused):
        activities.finish_next_step(actor=cast.li, activity=log(cast.li, cast.huadong))


def test_nobody_deletes_an_activity(cast):
    visit = log(cast.li, cast.huadong)
    with pytest.raises(InternalError):
        visit.delete()
