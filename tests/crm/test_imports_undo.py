"""What an import did is taken back: created rows go, changed fields get their old values again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import Membership, Person, TrailEntry, Unit
from crm.imports import carry
from crm.imports.shown import may_undo
from crm.imports.staging import stage
from crm.imports.undo_plan import plan_undo
from crm.models import (
    Activity,
    Assignment,
    Contact,
    Customer,
    Import,
    ImportRow,
    Order,
    Region,
    SourceKey,
)
from crm.seats import Reason, Seat
from crm.services import customers, imports, ownership
from kit import jobs
from kit.errors import Conflict
from kit.models import Job, SubjectKey
from tests.crm.imports_world import bring, file, keys, take_back, through, told

pytestmark = pytest.mark.django_db
FIRMS = """id,name,city,phone,industry,contact
1,Alpha Pumps,Lyon,0592-5911111,Pumps,Ann Lee
2,Beta Valves,Lyon,0592-5911112,Valves,Bob Ray
3,Gamma Seals,Nice,0592-5911113,Pumps,Cid Fox
"""


def everything():
    return {
        model.__name__: model._base_manager.count()
        for model in (Customer, Contact, Assignment, Activity, Order, Region, SourceKey, SubjectKey)
    }


def test_an_undone_import_leaves_nothing_of_what_it_created(cast, tmp_path):
    before = everything()
    imported = bring("customers", file(tmp_path, FIRMS))
    assert Customer.objects.filter(name="Beta Valves").exists()
    take_back(imported)
    after = everything()
    after["SubjectKey"] -= 1  # the rows stay sealed under the key of the import
    assert after == before
    assert imported.state == Import.State.UNDONE
    assert set(imported.rows.values_list("outcome", flat=True)) == {"undone"}


@pytest.mark.parametrize("name", ["fang", "yu", "zhao"])
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_trail_of_an_import_and_its_undo_can_be_read(cast, client, tmp_path, name, language):
    take_back(bring("customers", file(tmp_path, FIRMS)))
    client.force_login(cast[name])
    client.cookies["language"] = language
    assert client.get("/trail").status_code == 200


def test_an_undo_leaves_one_entry_of_the_trail_for_every_row(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    take_back(imported)
    told_rows = TrailEntry.objects.filter(verb="imports.take_back", subject_type="crm.customer")
    assert told_rows.count() == 3
    assert TrailEntry.objects.filter(verb="imports.undo", subject_type="crm.import").count() == 1


def test_a_customer_on_whom_something_rests_stays_and_says_so(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    beta = Customer.objects.get(name="Beta Valves")
    with audit.verb("tests.order", cast.system):
        Order.objects.create(customer=beta, number="1", ordered_on="2024-01-01", currency="CNY")
    take_back(imported)
    assert list(
        Customer.objects.filter(name__in=["Alpha Pumps", "Beta Valves", "Gamma Seals"])
    ) == [beta]
    kept = imported.rows.get(outcome=ImportRow.Outcome.KEPT)
    assert kept.number == 3 and kept.remarks[-1]["code"] == "in_use"
    assert any("1" in note for note in told(imported)["notes"])
    assert Contact.objects.filter(positions__customer=beta).count() == 1


def test_changed_fields_get_their_old_values_unless_somebody_changed_them_since(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    second = bring(
        "customers",
        file(
            tmp_path, FIRMS.replace("Alpha Pumps", "Alpha Ltd").replace("Beta Valves", "Beta Ltd")
        ),
    )
    assert told(second)["updated"] == 2
    beta = Customer.objects.get(name="Beta Ltd")
    customers.edit(
        actor=cast.system, customer=beta, values={"name": "Beta AG"}, version=beta.version
    )
    take_back(second)
    assert set(Customer.objects.filter(pk__in=keys("old", "customers")).values_list("name", flat=True)) == {
        "Alpha Pumps", "Beta AG", "Gamma Seals",
    }  # fmt: skip
    third = bring("customers", file(tmp_path, FIRMS))
    assert told(third)["unchanged"] == 3


def test_imported_people_stay_after_an_undo_without_access_and_place(cast, tmp_path):
    units = Unit.objects.count()
    imported = bring("employees", file(tmp_path, "id,name,manager\n1,Eva Boss,\n2,Tom Rep,1\n"))
    people = list(Person.objects.filter(pk__in=keys("old", "employees")))
    assert len(people) == 2 and Unit.objects.count() == units + 1
    take_back(imported)
    for person in people:
        person.refresh_from_db()
        assert person.state == Person.State.LEFT and not person.has_access
    assert not Membership.objects.filter(person__in=people).exists()
    assert Unit.objects.count() == units
    assert not SourceKey.objects.filter(source="old").exists()


def test_an_undo_of_visits_takes_their_day_from_the_customer_again(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    imported = bring(
        "activities", file(tmp_path, "customer,date,note\n1,2024-03-01,seen\n1,2024-03-05,again\n")
    )
    alpha = Customer.objects.get(name="Alpha Pumps")
    assert alpha.last_activity_at is not None
    take_back(imported)
    alpha.refresh_from_db()
    assert alpha.last_activity_at is None and not Activity.objects.filter(customer=alpha).exists()


def test_orders_and_lines_are_undone_and_amounts_follow(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    orders = bring("orders", file(tmp_path, "order id,customer id,date\nA1,1,2024-03-01\n"))
    lines = bring(
        "order_lines",
        file(tmp_path, "order id,product,qty,price,discount\nA1,P,2,10,0.1\nA1,Q,1,5,\n"),
    )
    assert Order.objects.get(number="A1").amount == 23
    take_back(lines)
    assert Order.objects.get(number="A1").amount == 0
    take_back(orders)
    assert not Order.objects.filter(number="A1").exists()


def test_after_72_hours_nothing_is_undone_and_the_rows_are_erased(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    Import.objects.filter(pk=imported.pk).update(
        undo_until=timezone.now() - timedelta(minutes=1),
        made_at=timezone.now() - timedelta(hours=73),
    )
    imported.refresh_from_db()
    with pytest.raises(Conflict):
        imports.undo(actor=cast.system, imported=imported)
    assert imports.purge() == 1
    imported.refresh_from_db()
    assert imported.key is None and imports.cells_of(imported, imported.rows.first()) == {}
    assert Customer.objects.filter(name="Alpha Pumps").exists()
    assert told(imported)["created"] == 3


def test_an_import_is_undone_once(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    take_back(imported)
    with pytest.raises(Conflict):
        imports.undo(actor=cast.system, imported=imported)


def test_a_history_lengthens_the_seat_that_an_import_began_and_an_undo_shortens_it(cast, tmp_path):
    bring("employees", file(tmp_path, "id,name\nE1,Eva\nE2,Tom\n"))
    bring("customers", file(tmp_path, "id,name,city,owner\n1,Alpha Pumps,Lyon,E2\n"))
    seat = Assignment.objects.get(person__name="Tom")
    imported = bring(
        "seats",
        file(
            tmp_path, "customer,person,from,until\n1,E1,2020-01-01,2022-01-01\n1,E2,2022-01-01,\n"
        ),
    )
    assert imported.state == "done"
    history = Assignment.objects.filter(customer__name="Alpha Pumps").order_by("period")
    assert [(row.person.name, row.period.lower.year) for row in history] == [
        ("Eva", 2019),
        ("Tom", 2021),
    ]
    take_back(imported)
    assert list(Assignment.objects.filter(customer__name="Alpha Pumps")) == [seat]
    assert Assignment.objects.get(pk=seat.pk).period == seat.period


def test_a_customer_that_somebody_changed_since_stays_and_says_so(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    beta = Customer.objects.get(name="Beta Valves")
    customers.edit(
        actor=cast.system, customer=beta, values={"address": "Quay 5"}, version=beta.version
    )
    assert plan_undo(imported).edited == [3]
    take_back(imported)
    assert list(Customer.objects.filter(pk__in=keys("old", "customers"))) == [beta]
    kept = imported.rows.get(outcome=ImportRow.Outcome.KEPT)
    assert kept.number == 3 and kept.remarks[-1]["code"] == "edited_here"


def test_what_a_later_import_changed_and_gave_back_is_undone_with_the_first(cast, tmp_path):
    first = bring("customers", file(tmp_path, FIRMS))
    second = bring("customers", file(tmp_path, FIRMS.replace("Alpha Pumps", "Alpha Ltd")))
    take_back(second)
    take_back(first)
    assert set(first.rows.values_list("outcome", flat=True)) == {"undone"}


def test_people_who_hold_customers_stay_where_they_are(cast, tmp_path):
    people = bring("employees", file(tmp_path, "id,name\n1,Eva Boss\n2,Tom Rep\n"))
    tom = Person.objects.get(name="Tom Rep")
    with audit.verb("tests.seat", cast.system):
        ownership.put(cast.system, cast.huadong, Seat.ACCOUNT_MANAGER, tom, Reason.WORKLOAD)
    assert plan_undo(people).in_use == [3]
    take_back(people)
    tom.refresh_from_db()
    assert tom.state == Person.State.ACTIVE
    assert Person.objects.get(name="Eva Boss").state == Person.State.LEFT
    assert list(keys("old", "employees").values_list("subject_id", flat=True)) == [tom.pk]


def test_a_manager_whom_a_file_only_names_leaves_no_key_behind(cast, tmp_path):
    imported = bring("employees", file(tmp_path, "name,manager\nTom Rep,Eva Boss\n"))
    assert Person.objects.filter(name="Eva Boss").exists()
    take_back(imported)
    assert not keys("old", "employees").exists()


def test_values_are_given_back_although_another_row_of_the_part_stays(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    more = FIRMS.replace("Alpha Pumps,Lyon", "Alpha Ltd,Paris") + "4,Delta Rings,Nice,,Pumps,\n"
    second = bring("customers", file(tmp_path, more))
    alpha = Customer.objects.get(name="Alpha Ltd")
    customers.edit(
        actor=cast.system, customer=alpha, values={"name": "Alpha AG"}, version=alpha.version
    )
    with audit.verb("tests.order", cast.system):
        delta = Customer.objects.get(name="Delta Rings")
        Order.objects.create(customer=delta, number="1", ordered_on="2024-01-01", currency="CNY")
    take_back(second)
    alpha.refresh_from_db()
    assert alpha.name == "Alpha AG" and alpha.region.name == "Lyon"
    assert dict(second.rows.values_list("number", "outcome")) == {
        2: "kept", 3: "unchanged", 4: "unchanged", 5: "kept",
    }  # fmt: skip


def half_done(folder, monkeypatch):
    """An import of three customers of which the first is written, and its job."""
    monkeypatch.setattr(carry, "CHUNK", 1)
    system = Person.objects.system()
    imported = stage(actor=system, kind="customers", path=file(folder, FIRMS), source="old")
    through(imported)
    imports.start(actor=system, imported=imported)
    imported.refresh_from_db()
    job = jobs.take(imported.job_id)
    with transaction.atomic():
        assert carry.apply_some(job) is False
    return imported, job


def test_an_import_is_undone_once_while_its_job_still_runs(cast, tmp_path, monkeypatch):
    imported, job = half_done(tmp_path, monkeypatch)
    imports.undo(actor=cast.system, imported=imported)
    assert jobs.run(job) == "done"
    through(imported)
    assert imported.state == Import.State.REFUSED
    assert not Customer.objects.filter(name="Alpha Pumps").exists()
    told_rows = TrailEntry.objects.filter(verb="imports.take_back", subject_type="crm.customer")
    assert told_rows.count() == 1


def test_an_import_that_was_stopped_in_the_middle_can_be_undone_at_any_time(
    cast, tmp_path, monkeypatch
):
    imported, job = half_done(tmp_path, monkeypatch)
    Job.objects.filter(pk=job.pk).update(state=Job.State.FAILED)
    past = timezone.now() - timedelta(hours=80)
    Import.objects.filter(pk=imported.pk).update(undo_until=past, made_at=past)
    assert imports.purge() == 0
    imported.refresh_from_db()
    assert may_undo(imported)
    take_back(imported)
    assert not Customer.objects.filter(name="Alpha Pumps").exists()
