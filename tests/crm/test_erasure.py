"""Erasing a person outside the company: asked for by one, decided by another, searched for afterwards."""

import json
from datetime import date, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts import audit
from accounts.models import Notice, TrailEntry
from crm.models import (
    Activity,
    Contact,
    Customer,
    DateReminder,
    Erasure,
    Hold,
    ImportantDate,
    PrivateFact,
    SourceKey,
    Task,
)
from crm.selectors import erasure as shapes
from crm.selectors import remains
from crm.services import (
    activities,
    channels,
    contacts,
    customers,
    date_reminders,
    erasure,
    important_dates,
    links,
    private_file,
    tasks,
)
from crm.tasks import resume_erasures
from kit import erasures, jobs
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.models import DestroyedKey, Job

pytestmark = pytest.mark.django_db
NAME, LATIN, FORMER, PHONE = "欧阳星河", "Xinghe Ouyang", "欧阳晨光", "+8613912345678"
TOLD = [NAME, LATIN, FORMER, PHONE, "13912345678", "139 1234 5678", "likes jasmine", "Plant manager",
        "欧阳总", "desk by the window", "met at the fair", "Wants it on Fridays"]  # fmt: skip


@pytest.fixture
def known(cast):
    """A contact of li's customer of whom a lot is written down, and texts that name them."""
    at = {"actor": cast.li, "customer": cast.huadong}
    contact = contacts.create(
        **at, values={"name": FORMER, "latin_name": LATIN, "note": "likes jasmine"},
        place={"title": "Plant manager", "is_key_person": True},
        channels=[{"kind": "phone", "value": PHONE, "label": "desk by the window"}],
    )  # fmt: skip
    contacts.edit(**at, contact=contact, version=contact.version,
                  values={"name": NAME, "form_of_address": "欧阳总"})  # fmt: skip
    links.add(**at, contact=contact, person=cast.li,
              values={"through": "visit", "note": "met at the fair"})  # fmt: skip
    important_dates.add(**at, contact=contact, kind="key_person_day",
                        values={"month": 3, "day": 8, "volunteered": True})  # fmt: skip
    activities.log(**at, client_uuid=uuid4(), contacts=[contact],
                   note=f"Met {NAME}, call 139 1234 5678")  # fmt: skip
    tasks.plan(**at, values={"title": f"Call {NAME}", "due_on": today()})
    contact.refresh_from_db()
    return contact


def asked(cast, contact, **more):
    given = {"ground": "asked", "asked_on": today(company_zone())} | more
    return erasure.ask(actor=cast.li, customer=cast.huadong, contact=contact, **given)


def erased(cast, contact):
    """The erasure of a contact, carried out to its end."""
    row = erasure.agree(actor=cast.sun, erasure=asked(cast, contact))
    jobs.sweep()
    row.refresh_from_db()
    return row


def found(*words):
    """Tables in which a word stands."""
    return {name: n for name in remains.tables() if (n := remains.count(name, words))}


def untouched(contact):
    return Contact.objects.get(pk=contact.pk).name == NAME and contact.key_id is not None


def test_a_person_is_gone_from_every_table_once_a_second_person_agreed(cast, known):
    assert found(NAME).keys() >= {"crm_contact", "crm_contactevent", "crm_activity", "crm_task"}
    row = erasure.agree(actor=cast.sun, erasure=asked(cast, known))
    assert untouched(known)  # until the job runs
    jobs.sweep()
    row.refresh_from_db()
    gone = Contact.objects.get(pk=known.pk)
    assert (row.state, row.remains, row.key, row.words) == ("done", {}, None, None)
    assert gone.erased_at and gone.key is None and gone.do_not_contact
    assert found(*TOLD) == {}
    assert not ImportantDate.objects.filter(contact=known).exists()


def test_visits_and_tasks_stay_with_the_name_blotted_out(cast, known):
    erased(cast, known)
    note = Activity.objects.get(contacts=known).note
    assert note == "Met ██, call ██"
    assert Task.objects.get(title="Call ██").customer_id == cast.huadong.pk


def test_another_person_of_the_same_name_elsewhere_stays(cast, known):
    other = contacts.create(actor=cast.wu, customer=cast.nanqiao, values={"name": NAME})
    row = erased(cast, known)
    other.refresh_from_db()
    assert other.name == NAME and row.remains.keys() == {"crm_contact", "crm_contactevent"}


def test_nobody_reaches_an_erased_person_any_more(cast, known):
    erased(cast, known)
    gone = Contact.objects.get(pk=known.pk)
    assert not gone.positions.open().exists() and not gone.channels.filter(ended_at=None).exists()
    with pytest.raises(Refused):
        channels.add(actor=cast.li, customer=cast.huadong, contact=gone,
                     values={"kind": "phone", "value": PHONE})  # fmt: skip
    with pytest.raises(Refused):
        contacts.edit(actor=cast.li, customer=cast.huadong, contact=gone, version=gone.version,
                      values={"name": NAME})  # fmt: skip


def test_the_trail_tells_of_it_and_changes_nothing_that_it_told_before(cast, known):
    before = list(TrailEntry.objects.order_by("pk").values())
    erased(cast, known)
    after = list(TrailEntry.objects.order_by("pk").values())
    assert after[: len(before)] == before
    told = [row["verb"] for row in after[len(before) :] if row["verb"].startswith("erasure.")]
    assert told == ["erasure.ask", "erasure.agree", "erasure.carry_out", "erasure.finish"]


def test_who_asked_cannot_agree(cast, known):
    with pytest.raises(NotAllowed):
        erasure.agree(actor=cast.li, erasure=asked(cast, known))
    row = Erasure.objects.get()
    row.asked_by = cast.sun
    row.save()
    with pytest.raises(NotAllowed, match="Somebody else"):
        erasure.agree(actor=cast.sun, erasure=row)
    assert (
        Erasure.objects.get().state == "asked"
        and not Job.objects.filter(kind="erasure.run").exists()
    )


def test_a_hold_stands_in_the_way_of_asking_and_of_agreeing(cast, known):
    row = asked(cast, known)
    stop = erasure.hold(
        actor=cast.sun, contact=known, ground="Lawsuit 7", until_on=today() + timedelta(days=3)
    )
    for act in (lambda: erasure.agree(actor=cast.sun, erasure=row), lambda: asked(cast, known)):
        with pytest.raises(Refused, match="Lawsuit 7"):
            act()
    assert untouched(known)
    erasure.release(actor=cast.sun, hold=stop)
    erasure.agree(actor=cast.sun, erasure=row)


def test_a_hold_ends_with_its_day(cast, known):
    Hold.objects.create(
        contact=known, ground="Lawsuit 7", until_on=today() - timedelta(days=1), set_by=cast.sun
    )
    assert asked(cast, known).state == "asked"


def test_a_request_is_made_once_and_taken_back_by_who_made_it(cast, known):
    row = asked(cast, known)
    with pytest.raises(Conflict):
        asked(cast, known)
    with pytest.raises(NotAllowed):
        erasure.withdraw(actor=cast.sun, erasure=row)
    erasure.withdraw(actor=cast.li, erasure=row)
    with pytest.raises(Conflict):
        erasure.agree(actor=cast.sun, erasure=row)
    assert untouched(known) and asked(cast, known)


def test_a_refusal_says_why(cast, known):
    row = asked(cast, known)
    with pytest.raises(Refused):
        erasure.refuse(actor=cast.sun, erasure=row, because="  ")
    assert erasure.refuse(actor=cast.sun, erasure=row, because="Contract runs").state == "refused"
    jobs.sweep()
    assert untouched(known)


def test_an_organisation_is_no_person(cast):
    with pytest.raises(Refused):
        asked(cast, None)


def test_a_day_ahead_is_refused_at_its_field(cast, known):
    with pytest.raises(Refused) as told:
        asked(cast, known, asked_on=today() + timedelta(days=2))
    assert told.value.fields.keys() == {"asked_on"} and not Erasure.objects.exists()


def test_the_database_forgets_history_only_for_what_two_people_decided(cast, known):
    row, event = asked(cast, known), "crm_contactevent"
    call = "SELECT crm_forget_history(%s, %s::regclass, %s, ARRAY['name'], 'mark', '{}', 'x')"
    for key in (row.pk, 0):
        with (
            pytest.raises(DatabaseError, match="two people"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(call, [key, event, [known.pk]])
    erasure.agree(actor=cast.sun, erasure=row)
    for table in ("crm_contact", "accounts_trailentry"):
        with (
            pytest.raises(DatabaseError, match="no field history"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(call, [row.pk, table, [known.pk]])


def test_neither_a_notice_nor_a_reminder_tells_the_day_of_an_erased_person(cast, known):
    day = ImportantDate.objects.get(contact=known)
    reminder = DateReminder.objects.create(important_date=day, occurs_on="2027-03-08", days=3)
    date_reminders.tell(reminder.pk, day.pk, date(2027, 3, 8), 3)
    Notice.objects.create(person=cast.li, code="date.due", kind="know", url="/", effect_id=1,
                          due_on="2027-03-08", values={"date": day.pk, "on": "2027-03-08"})  # fmt: skip
    assert found("2027-03-08").keys() == {"accounts_notice", "crm_datereminder", "kit_effect"}
    erased(cast, known)
    assert found("2027-03-08") == {}


def test_a_file_that_is_imported_again_brings_nobody_back(cast, known, tmp_path):
    file = tmp_path / "contacts.csv"
    key = "id,name,customer,title\n7,%s,h,%s\n"
    with audit.verb("tests.source", cast.system):
        SourceKey.objects.create(source="crm", kind="contacts", key="7", subject_id=known.pk)
        SourceKey.objects.create(
            source="crm", kind="customers", key="h", subject_id=cast.huadong.pk
        )
    erased(cast, known)
    file.write_text(key % (NAME, "Plant manager"))
    call_command(
        "import_file", "contacts", str(file), source="crm", partial=True, stdout=StringIO()
    )
    gone = Contact.objects.get(pk=known.pk)
    assert NAME not in gone.name and not gone.positions.open().exists()


def test_an_erasure_that_a_fault_has_stopped_goes_on(cast, known, monkeypatch):
    row = erasure.agree(actor=cast.sun, erasure=asked(cast, known))
    with monkeypatch.context() as broken:
        broken.setattr(erasure, "forget", lambda *given: 1 / 0)
        jobs.sweep()
    assert Job.objects.get(kind="erasure.run").state == "failed" and untouched(known)
    resume_erasures()
    resume_erasures()
    assert Job.objects.filter(kind="erasure.run", state="waiting").count() == 1
    jobs.sweep()
    row.refresh_from_db()
    resume_erasures()
    assert row.state == "done" and found(*TOLD) == {}
    assert not Job.objects.filter(kind="erasure.run", state="waiting").exists()


def test_nobody_is_held_who_is_being_erased(cast, known):
    erasure.agree(actor=cast.sun, erasure=asked(cast, known))
    with pytest.raises(Conflict):
        erasure.hold(actor=cast.sun, contact=known, ground="Lawsuit", until_on=today())
    assert not Hold.objects.exists()


def test_a_destroyed_key_is_told_outside_the_database_once(cast, known, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    mark = known.key.mark
    erased(cast, known)
    assert mark in erasures.known(erasures.path())
    erasures.note()
    assert not DestroyedKey.objects.filter(noted_at=None).exists()
    lines = erasures.path().read_bytes()
    erasures.note()
    assert erasures.path().read_bytes() == lines


def test_what_a_backup_brings_back_is_forgotten_again(cast, known):
    with transaction.atomic():
        erased(cast, known)
        marks = {bytes(row.mark) for row in DestroyedKey.objects.all()}
        transaction.set_rollback(True)  # as a restore does
    known.refresh_from_db()
    assert untouched(known) and known.key.mark in marks
    assert erasure.again(actor=cast.system, marks=marks) >= 1
    jobs.sweep()
    assert found(*TOLD) == {} and Erasure.objects.get().is_replay


def test_a_command_erases_again_after_a_recovery_to_a_point_in_time(cast, known, tmp_path):
    file = tmp_path / "erasures.log"
    with pytest.raises(CommandError, match="There is no"):
        call_command("erase_again", "--from", str(file))
    file.write_text(json.dumps({"key": known.key.mark.hex()}) + "\nbroken line\n")
    call_command("erase_again", "--from", str(file), stdout=StringIO())
    assert found(*TOLD) == {} and Erasure.objects.get().is_replay


def test_a_private_customer_goes_with_the_people_known_only_there(cast):
    values = {"name": "欧阳静之", "kind": "person", "address": "Plane Tree Lane 7"}
    family = customers.create(actor=cast.li, values=values)
    spouse = contacts.create(actor=cast.li, customer=family, values={"name": "欧阳雨桐"})
    activities.log(actor=cast.li, customer=family, client_uuid=uuid4(), note="Their roof leaks")
    told = {"do_not_contact": {"value": "service_only"}, "service_address": {"value": "Elm Yard 3"}}
    private_file.save(actor=cast.li, customer=family, source="customer", values=told)
    words = shapes.words_of(shapes.whole(family))
    assert "Elm Yard 3" in words and "service_only" not in words  # a word of everybody's
    row = erasure.ask(actor=cast.li, customer=family, ground="asked", asked_on=today())
    erasure.agree(actor=cast.sun, erasure=row)
    jobs.sweep()
    gone = Customer.objects.get(pk=family.pk)
    assert gone.erased_at and not PrivateFact.objects.filter(customer=family).exclude(key=None)
    assert Contact.objects.get(pk=spouse.pk).erased_at
    assert found("欧阳雨桐", "Their roof leaks", "欧阳静之", "Plane Tree Lane") == {}
