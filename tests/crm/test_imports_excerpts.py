"""Lines of the published sets, which are everywhere: the essence of the counts of the whole ones."""

from pathlib import Path

import pytest

from crm.models import ContactChannel, Customer, SourceKey
from tests.crm.imports_world import bring, file, keys, told

pytestmark = pytest.mark.django_db
EXCERPTS = Path(__file__).resolve().parents[1] / "data"


def test_northwind_leaves_out_the_two_that_somebody_typed_in(cast):
    found = told(bring("customers", EXCERPTS / "northwind_customers.csv", "northwind"))
    assert (found["read"], found["created"], [row["row"] for row in found["reasons"]]) == (
        12,
        10,
        [12, 13],
    )
    kept = told(
        bring("customers", EXCERPTS / "northwind_customers.csv", "northwind", keep_incomplete=True)
    )
    assert (kept["created"], kept["unchanged"], kept["refused"]) == (2, 10, 0)
    assert SourceKey.objects.filter(source="northwind", key="Val2").exists()


def test_hospitals_keep_their_phones_and_their_other_names(cast):
    found = told(bring("customers", EXCERPTS / "hospitals.csv", "hospitals"))
    assert found["created"] == 12
    assert (
        Customer.objects.filter(search_key__contains="北京市昌平区南口中西医结合医院").count() == 1
    )
    two = ContactChannel.objects.filter(contact__positions__customer__name="厦门前埔医院")
    assert {(channel.value, channel.label) for channel in two} == {
        ("+865925911111;ext=8120", "白天"), ("+865928570120", "晚间"),
    }  # fmt: skip
    again = told(bring("customers", EXCERPTS / "hospitals.csv", "hospitals"))
    assert (again["unchanged"], again["created"]) == (12, 0)


def test_listed_companies_keep_their_zeros_and_are_renamed_by_code(cast, tmp_path):
    older = "code,name,area\n000001,平安银行,广东\n000002,万 科Ａ,深圳\n600000,Gone,上海\n"
    bring("customers", file(tmp_path, older), "listed")
    found = told(bring("customers", EXCERPTS / "listed_2025.csv", "listed"))
    assert (found["updated"], found["created"]) == (2, 12)
    assert Customer.objects.filter(pk__in=keys("listed", "customers")).count() == 15
    vanke = Customer.objects.get(name="万科A")
    assert vanke.events.values("name").distinct().count() == 1  # signs and spaces are no new name
    assert SourceKey.objects.filter(source="listed", key="000001").exists()


def test_businesses_of_san_francisco_are_read_in_their_encoding(cast):
    found = told(bring("customers", EXCERPTS / "sf_businesses.csv", "sf"))
    assert found["created"] == 12
    names = "".join(
        Customer.objects.filter(pk__in=keys("sf", "customers")).values_list("name", flat=True)
    )
    assert any(letter in names for letter in "ÉÑéñ") and "�" not in names
