"""What an import takes, what it refuses with which reason, and that nothing else happens."""

import json
import os

import pytest

from accounts.access import Role
from accounts.models import Person, TrailEntry
from crm.imports import carry
from crm.imports.staging import stage
from crm.models import Activity, Assignment, Customer, Import, Order, Position, SourceKey
from crm.seats import Seat
from crm.services import customers, ownership
from kit.errors import NotAllowed, Refused
from kit.rows import Unreadable
from tests.crm.imports_world import bring, file, keys, through, told

pytestmark = pytest.mark.django_db
FIRMS = "id,name,city,phone\n1,Alpha Pumps,Lyon,0592-5911111\n2,Beta Valves,Lyon,0592-5911112\n"


def reasons(imported):
    return {row["row"]: row["reason"] for row in told(imported)["reasons"]}


# -- all or nothing ---------------------------------------------------------------------------------


def test_one_faulty_row_stops_all_and_names_column_and_value(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    before = Order.objects.count(), TrailEntry.objects.filter(subject_type="crm.order").count()
    text = "order id,customer id,order date\nA,1,2024-02-30\nB,2,2024-03-01\nC,9,2024-03-01\n"
    imported = bring("orders", file(tmp_path, text))
    assert imported.state == Import.State.REFUSED
    assert told(imported) | {"reasons": 0, "notes": 0} == {
        "read": 3, "accepted": 1, "refused": 2, "created": 0, "updated": 0, "unchanged": 0,
        "state": "refused", "import": imported.pk, "reasons": 0, "notes": 0,
    }  # fmt: skip
    assert "order date" in reasons(imported)[2] and "2024-02-30" in reasons(imported)[2]
    assert "“9”" in reasons(imported)[4]
    assert (
        Order.objects.count(),
        TrailEntry.objects.filter(subject_type="crm.order").count(),
    ) == before


def test_with_partial_the_sound_rows_are_taken_and_all_are_accounted_for(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    text = "order id,customer id,order date\nA,1,2024-02-30\nB,2,2024-03-01\nC,9,2024-03-01\n"
    found = told(bring("orders", file(tmp_path, text), partial=True))
    assert (found["read"], found["accepted"], found["refused"], found["created"]) == (3, 1, 2, 1)


def test_a_row_that_the_database_refuses_takes_everything_back(cast, tmp_path, monkeypatch):
    """What cannot be known before: the fault of one row in the second part undoes the first."""
    from crm.imports.kinds.customers import Customers

    monkeypatch.setattr(carry, "CHUNK", 2)
    create = Customers.create

    def breaks(self, run, items):
        if any(item.key == "4" for item in items):
            raise ValueError("lightning")
        return create(self, run, items)

    monkeypatch.setattr(Customers, "create", breaks)
    rows = "".join(f"{n},Firm {n},Lyon\n" for n in range(1, 6))
    imported = bring("customers", file(tmp_path, "id,name,city\n" + rows))
    assert imported.state == Import.State.REFUSED
    assert not Customer.objects.filter(name__startswith="Firm ").exists()
    assert not SourceKey.objects.filter(source="old").exists()
    assert list(reasons(imported)) == [5]
    found = told(bring("customers", file(tmp_path, "id,name,city\n" + rows), partial=True))
    assert (found["created"], found["accepted"], found["refused"]) == (4, 4, 1)


# -- identity ---------------------------------------------------------------------------------------


def test_no_source_reaches_into_the_keys_of_another(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS), source="one")
    found = told(
        bring("customers", file(tmp_path, "id,name,city\n1,Other Firm,Rome\n"), source="two")
    )
    assert found["created"] == 1
    assert (
        Customer.objects.get(pk=keys("one", "customers").first()["subject_id"]).name
        == "Alpha Pumps"
    )
    orders = bring("orders", file(tmp_path, "id,customer id,date\nA,2,2024-01-01\n"), source="two")
    assert "“2”" in reasons(orders)[2] and Order.objects.count() == 0


def test_customers_of_one_name_are_never_joined(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS), source="one")
    bring("customers", file(tmp_path, FIRMS), source="two")
    assert Customer.objects.filter(name="Alpha Pumps").count() == 2


def test_a_key_with_two_contents_is_refused_and_the_same_row_again_is_not(cast, tmp_path):
    same = "id,name,city\n1,Alpha,Lyon\n1,Alpha,Lyon\n"
    found = told(bring("customers", file(tmp_path, same)))
    assert (found["created"], found["unchanged"], found["refused"]) == (1, 1, 0)
    other = bring("customers", file(tmp_path, "id,name,city\n7,Alpha,Lyon\n7,Beta,Lyon\n"))
    assert other.state == "refused" and list(reasons(other)) == [3]


def test_a_known_row_with_another_content_is_updated_even_where_nothing_of_ours_changes(
    cast, tmp_path
):
    bring("customers", file(tmp_path, "id,name,city,pe\n1,Alpha,Lyon,1.0\n"))
    alpha = Customer.objects.get(name="Alpha")
    found = told(bring("customers", file(tmp_path, "id,name,city,pe\n1,Alpha,Lyon,2.0\n")))
    assert (found["updated"], found["created"]) == (1, 0)
    fresh = Customer.objects.get(pk=alpha.pk)
    assert fresh.version == alpha.version and fresh.events.count() == 1


def test_what_a_person_changed_since_is_kept_and_said(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    alpha = Customer.objects.get(name="Alpha Pumps")
    customers.edit(actor=cast.system, customer=alpha, values={"name": "Alpha AG"}, version=1)
    imported = bring(
        "customers",
        file(
            tmp_path,
            FIRMS.replace("Alpha Pumps", "Alpha New").replace("2,Beta Valves", "2,Beta New"),
        ),
    )
    assert set(
        Customer.objects.filter(pk__in=keys("old", "customers")).values_list("name", flat=True)
    ) == {"Alpha AG", "Beta New"}
    assert imported.rows.get(number=2).remarks[0]["code"] == "kept_here"


def test_an_empty_cell_overwrites_nothing(cast, tmp_path):
    bring("customers", file(tmp_path, "id,name,city,industry\n1,Alpha,Lyon,Pumps\n"))
    bring("customers", file(tmp_path, "id,name,city,industry\n1,Alpha,Lyon,\n"))
    assert Customer.objects.get(name="Alpha").industry.name == "Pumps"


def test_leading_zeros_of_keys_are_kept(cast, tmp_path):
    bring("customers", file(tmp_path, "id,name\n007,Alpha\n7,Beta\n"))
    assert set(SourceKey.objects.values_list("key", flat=True)) == {"007", "7"}


# -- references -------------------------------------------------------------------------------------


def test_rows_may_refer_to_rows_that_come_later_by_key_or_by_name(cast, tmp_path):
    bring(
        "customers",
        file(tmp_path, "id,name,city,parent\n1,Child,Lyon,2\n2,Mother,Lyon,3\n3,Top,Lyon,\n"),
    )
    assert Customer.objects.get(name="Child").parent.parent.name == "Top"
    bring(
        "customers",
        file(tmp_path, "account,sector,subsidiary_of\nSub,IT,Holding\nHolding,IT,\n"),
        source="two",
    )
    assert Customer.objects.get(name="Sub").parent.name == "Holding"


def test_rows_that_lead_back_to_themselves_are_refused(cast, tmp_path):
    imported = bring("customers", file(tmp_path, "id,name,city,parent\n1,A,X,2\n2,B,X,1\n3,C,X,\n"))
    assert imported.state == "refused" and list(reasons(imported)) == [2, 3]


def test_people_of_a_source_without_people_are_from_outside(cast, tmp_path):
    bring("customers", file(tmp_path, "id,name,city,account manager\n1,Alpha,Lyon,Somebody Else\n"))
    imported = bring(
        "activities", file(tmp_path, "customer,date,person,type\n1,2024-03-01,Somebody Else,call\n")
    )
    visit = Activity.objects.get(customer__name="Alpha")
    assert (visit.author, visit.author_name, visit.kind) == (None, "Somebody Else", "call")
    assert any("1" in note for note in told(imported)["notes"])


def test_an_unknown_person_is_refused_where_the_source_has_told_of_its_people(cast, tmp_path):
    bring("employees", file(tmp_path, "id,name\nE1,Eva Boss\n"))
    imported = bring(
        "customers", file(tmp_path, "id,name,city,owner\n1,Alpha,Lyon,E1\n2,Beta,Lyon,E9\n")
    )
    assert list(reasons(imported)) == [3] and "E9" in reasons(imported)[3]
    good = bring(
        "customers", file(tmp_path, "id,name,city,owner\n1,Alpha,Lyon,E1\n2,Beta,Lyon,Eva Boss\n")
    )
    assert good.state == "done" and Assignment.objects.filter(person__name="Eva Boss").count() == 2


def test_a_contact_without_a_customer_is_listed_and_stops_nobody(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    found = told(bring("contacts", file(tmp_path, "id,name,account id\nC1,Ann,1\nC2,Bob,\n")))
    assert (found["created"], found["refused"], found["state"]) == (1, 1, "done")


# -- seats ------------------------------------------------------------------------------------------


def seats(tmp_path, text):
    bring("customers", file(tmp_path, FIRMS))
    bring("employees", file(tmp_path, "id,name\nE1,Eva\nE2,Tom\n"))
    return bring("seats", file(tmp_path, "customer,person,seat,from,until\n" + text))


def test_a_history_of_seats_is_taken_with_its_days(cast, tmp_path):
    imported = seats(
        tmp_path,
        "1,E1,account manager,2020-01-01,2021-06-01\n1,E2,负责人,2021-06-01,\n1,E1,backup,2022-01-01,\n",
    )
    assert imported.state == "done"
    assert Assignment.objects.filter(customer__name="Alpha Pumps").count() == 3
    told_rows = TrailEntry.objects.filter(subject_type="crm.assignment", verb="imports.carry_out")
    assert {entry.happened_at.year for entry in told_rows} == {
        2019,
        2021,
    }  # midnight here, the day before there
    assert all(entry.recorded_at.year > 2024 for entry in told_rows)


@pytest.mark.parametrize("text", [
    "1,E1,account manager,2021-01-01,2020-01-01\n",
    "1,E1,account manager,2020-01-01,\n1,E2,account manager,2021-01-01,\n",
    "1,E1,account manager,2020-01-01,\n1,E1,backup,2021-01-01,\n",
    "1,E1,account manager,2999-01-01,\n",
    "1,E1,king,2020-01-01,\n",
])  # fmt: skip
def test_seats_that_cannot_be_are_refused(cast, tmp_path, text):
    imported = seats(tmp_path, text)
    assert imported.state == "refused"
    assert not Assignment.objects.filter(customer__name="Alpha Pumps").exists()


def test_an_order_delivered_before_it_was_placed_is_refused(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    imported = bring(
        "orders",
        file(tmp_path, "id,customer id,order date,shipped date\nA,1,2024-03-05,2024-03-01\n"),
    )
    assert imported.state == "refused" and "shipped date" in reasons(imported)[2]


# -- rights -----------------------------------------------------------------------------------------


def test_a_rep_may_not_import(cast, tmp_path):
    with pytest.raises(NotAllowed):
        bring("customers", file(tmp_path, FIRMS), actor=cast.li)
    assert not Import.objects.exists()


def test_a_head_of_department_imports_customers_and_no_people(cast, tmp_path):
    assert bring("customers", file(tmp_path, FIRMS), actor=cast.zhao).state == "done"
    with pytest.raises(NotAllowed):
        bring("employees", file(tmp_path, "id,name\n1,Eva\n"), actor=cast.zhao)


def test_a_key_of_a_customer_that_the_importer_may_not_change_is_refused_without_telling_more(
    cast, tmp_path
):
    bring("customers", file(tmp_path, FIRMS))
    foreign = Customer.objects.get(name="Alpha Pumps")
    Customer.objects.filter(pk=foreign.pk).update(home_unit=cast.units["finance"])
    from crm.services import access_index

    access_index.recompute([foreign.pk])
    imported = bring("customers", file(tmp_path, FIRMS.replace("Lyon", "Rome")), actor=cast.zhao)
    foreign.refresh_from_db()
    assert imported.state == "refused" and foreign.region.name == "Lyon"
    assert "Alpha" not in reasons(imported)[2]
    orders = bring(
        "orders",
        file(tmp_path, "id,customer id,date\nA,1,2024-01-01\nB,77,2024-01-01\n"),
        actor=cast.zhao,
    )
    hidden, unknown = reasons(orders)[2], reasons(orders)[3]
    assert hidden.replace("“1”", "") == unknown.replace("“77”", "")


def test_a_legal_name_of_a_foreign_customer_is_answered_as_everywhere(cast, tmp_path):
    text = "id,name,legal name,city\n1,Finance Firm,Hidden Works Ltd,Lyon\n"
    bring("customers", file(tmp_path, text), source="one")
    hidden = Customer.objects.get(name="Finance Firm")
    Customer.objects.filter(pk=hidden.pk).update(home_unit=cast.units["finance"])
    from crm.services import access_index

    access_index.recompute([hidden.pk])
    imported = bring(
        "customers",
        file(tmp_path, text.replace("Finance Firm", "Mine")),
        source="two",
        actor=cast.zhao,
    )
    assert reasons(imported)[2] == "legal name: Already known. Ask your manager."
    assert not Customer.objects.filter(name="Mine").exists()


def test_no_more_names_than_by_hand_are_learnt_by_importing(cast, tmp_path):
    many = "".join(f"{n},Firm {n},Works {n} Ltd,Lyon\n" for n in range(40))
    bring("customers", file(tmp_path, "id,name,legal name,city\n" + many), source="one")
    imported = bring(
        "customers",
        file(tmp_path, "id,name,legal name,city\n" + many + "99,New,Unheard Ltd,Lyon\n"),
        source="two",
        actor=cast.zhao,
    )
    told_reasons = list(reasons(imported).values())
    assert len(told_reasons) == 41 and told_reasons[-1] == told_reasons[-2] != told_reasons[0]


def test_customers_are_given_to_ones_own_people_who_are_here(cast, tmp_path):
    bring("employees", file(tmp_path, "id,name\nE1,Eva\n"))
    text = "id,name,city,owner\n1,Alpha,Lyon,E1\n"
    imported = bring("customers", file(tmp_path, text), actor=cast.zhao)
    assert "part of the organisation" in reasons(imported)[2]
    Person.objects.filter(name="Eva").update(state="left")
    assert "does not work here" in reasons(bring("customers", file(tmp_path, text)))[2]
    assert not Customer.objects.filter(name="Alpha").exists()


def test_rights_lost_between_asking_and_running_stop_the_import(cast, tmp_path):
    imported = stage(
        actor=cast.zhao,
        kind="customers",
        path=file(tmp_path, FIRMS),
        source="old",
        options={"go": True},
    )
    cast.zhao.roles = ["rep"]
    cast.zhao.save()
    through(imported)
    assert imported.job.state == "cancelled"
    assert not Customer.objects.filter(name="Alpha Pumps").exists()


def test_who_imports_for_less_than_before_is_asked_anew_at_the_next_part(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS), actor=cast.yu)
    first = carry.run_of(imported)
    assert first.for_all and carry.run_of(imported) is first
    imported.made_by.roles = [Role.DEPARTMENT_HEAD]
    assert not carry.run_of(imported).for_all
    carry.RUNS.clear()


# -- what cannot be read ------------------------------------------------------------------------------


def test_a_mapping_to_a_field_or_from_a_column_that_does_not_exist_says_what_there_is(
    cast, tmp_path
):
    path = file(tmp_path, FIRMS)
    with pytest.raises(Refused, match="account_manager"):
        bring("customers", path, mapping={"city": "town"})
    with pytest.raises(Refused, match="phone"):
        bring("customers", path, mapping={"Stadt": "city"})
    assert not Import.objects.exists()


def test_a_mapping_decides_and_an_ignored_column_is_ignored(cast, tmp_path):
    path = file(tmp_path, "a,b,c\n1,Alpha,x\n")
    found = told(bring("customers", path, mapping={"a": "key", "b": "name", "c": ""}))
    assert found["created"] == 1 and any("c" in note for note in found["notes"])
    assert SourceKey.objects.get().key == "1"


@pytest.mark.parametrize("kind", ["empty", "folder", "missing", "huge"])
def test_what_is_no_file_is_refused_at_once(cast, tmp_path, kind):
    path = tmp_path / "x.csv"
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "folder":
        path.mkdir()
    elif kind == "huge":
        path.write_bytes(b"id,name\n")
        os.truncate(path, 2 * 1024**3)
    with pytest.raises(Unreadable):
        bring("customers", path)
    assert not Import.objects.exists()


def test_a_row_with_too_many_cells_is_refused_with_its_number(cast, tmp_path):
    imported = bring(
        "customers", file(tmp_path, "id,name,city\n1,Alpha,Lyon\n2,Beta,Lyon,what,else\n")
    )
    assert list(reasons(imported)) == [3]


def test_the_same_file_twice_changes_nothing(cast, tmp_path):
    for kind, text in (
        ("customers", FIRMS),
        ("contacts", "name,account,phone\nAnn,1,0592-5911115\nAnn,2,\n"),
        ("activities", "customer,date,note\n1,2024-03-01,a\n1,2024-03-01,a\n2,2024-03-02,b\n"),
        ("orders", "no,customer,date,amount\nA,1,2024-03-01,5\n"),
        ("payments", "customer,date,amount\n1,2024-03-01,5\n1,2024-03-01,5\n"),
    ):
        first = told(bring(kind, file(tmp_path, text)))
        assert first["created"] == first["read"], (kind, first)
        entries = TrailEntry.objects.exclude(subject_type="crm.import").count()
        again = told(bring(kind, file(tmp_path, text)))
        assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, first["read"]), (
            kind
        )
        assert TrailEntry.objects.exclude(subject_type="crm.import").count() == entries


def test_rows_lie_sealed(cast, tmp_path):
    imported = bring("customers", file(tmp_path, FIRMS))
    row = imported.rows.first()
    assert b"Alpha" not in bytes(row.sealed) and "Alpha" not in json.dumps(row.remarks)


def test_a_contact_at_a_customer_twice_is_one_place(cast, tmp_path):
    bring("customers", file(tmp_path, FIRMS))
    bring("contacts", file(tmp_path, "id,name,account id\nC1,Ann,1\n"))
    bring(
        "relations",
        file(tmp_path, "contact id,account id,role,end date\nC1,1,Buyer,\nC1,2,Boss,2024-01-01\n"),
    )
    assert sorted(Position.objects.filter(contact__name="Ann").values_list("title", flat=True)) == [
        "Boss",
        "Buyer",
    ]


def test_seats_are_put_by_people_and_left_alone_by_deriving(cast, tmp_path):
    from django.core.management import call_command

    bring("customers", file(tmp_path, FIRMS))
    bring("employees", file(tmp_path, "id,name\nE1,Eva\nE2,Tom\n"))
    bring(
        "orders",
        file(
            tmp_path,
            "id,customer id,date,employee id\n1,1,2020-01-01,E1\n2,1,2020-01-01,E2\n3,2,2020-01-01,E1\n",
        ),
    )
    beta = Customer.objects.get(name="Beta Valves")
    ownership.assign(actor=cast.system, customer=beta, seat=Seat.ACCOUNT_MANAGER, person=cast.li)
    call_command("derive_seats", "--from", "orders")
    periods = Assignment.objects.filter(customer__name="Alpha Pumps").order_by("period")
    assert [row.person.name for row in periods] == ["Eva", "Tom"]
    assert periods[0].period.upper == periods[1].period.lower > periods[0].period.lower
    assert [row.person for row in Assignment.objects.filter(customer=beta)] == [cast.li]
