"""Published data, faults included: excerpts everywhere, the whole sets where they are present."""

from pathlib import Path

import pytest

from kit import cells, rows

EXCERPTS = Path(__file__).resolve().parents[1] / "data"
SETS = Path(__file__).resolve().parents[3] / "shared" / "data"
whole = pytest.mark.skipif(not SETS.is_dir(), reason="not run: data absent")
COUNTS = {
    "cfpb-complaints-2016/complaints.csv": 349, "chinook-support-reps/customers.csv": 59,
    "chinook-support-reps/invoices.csv": 412, "cn-hospitals/hospitals.csv": 2083,
    "cn-hospitals/hospitals.json": 2083, "cn-listed-companies/stock_basic_2019.csv": 3621,
    "cn-listed-companies/stock_basic_2025.csv": 5448, "febrl3-duplicates/dataset3.csv": 5000,
    "hr-attrition/emp_attrition.csv": 1470, "maven-crm-sales-opportunities/accounts.csv": 85,
    "maven-crm-sales-opportunities/sales_pipeline.csv": 8800, "northwind/customers.csv": 93,
    "northwind/orders.csv": 830, "salesforce-export/Contact.csv": 102,
    "salesforce-export/Case.csv": 40, "sf-restaurant-visits/businesses.csv": 6399,
    "sf-restaurant-visits/inspections.csv": 14233, "sf-restaurant-visits/violations.csv.gz": 39006,
}  # fmt: skip


def column(path, name):
    return [row.values[name] for row in rows.read(path)]


def test_the_excerpts_come_out_with_their_encodings_and_their_oddities():
    table = rows.read(EXCERPTS / "sf_businesses.csv")
    assert table.encoding == "windows-1252"
    assert any("CAFÉ" in row.values["name"] for row in table)
    ids = column(EXCERPTS / "northwind_customers.csv", "CustomerID")
    assert {"Val2", "VALON"} <= set(ids)  # one was typed with a space behind it
    assert column(EXCERPTS / "listed_2025.csv", "symbol")[0] == "000001"


def test_the_telephones_of_the_excerpt_are_kept_and_their_faults_named():
    texts = [text for text in column(EXCERPTS / "hospitals.csv", "tel") if text]
    found = {text: cells.phones(text) for text in texts}
    assert all("".join(phone.raw for phone in phones) == text for text, phones in found.items())
    assert {fault.code for phones in found.values() for p in phones for fault in p.faults} == {
        "phone_area",
        "phone_unknown",
    }


@whole
@pytest.mark.parametrize(("path", "count"), COUNTS.items())
def test_every_row_of_the_whole_sets_is_read(path, count):
    table = rows.read(SETS / path)
    assert len(table) == sum(1 for row in table if not row.faults) == count
    assert table.encoding == ("windows-1252" if "businesses" in path else "utf-8")


@whole
@pytest.mark.parametrize(
    "path", ["cn-hospitals/hospitals.csv", "cn-listed-companies/stock_basic_2019.csv"]
)
def test_the_chinese_sets_are_the_same_in_gb18030(tmp_path, path):
    other = tmp_path / "gb"
    other.write_bytes((SETS / path).read_text("utf-8-sig").encode("gb18030"))
    one, two = rows.read(SETS / path), rows.read(other)
    assert two.encoding == "gb18030"
    assert [row.values for row in one] == [row.values for row in two]


@whole
def test_566_companies_were_really_renamed_and_1485_zeros_are_kept():
    old, new = (SETS / "cn-listed-companies" / f"stock_basic_{year}.csv" for year in (2019, 2025))
    before = dict(zip(column(old, "code"), column(old, "name"), strict=True))
    after = dict(zip(column(new, "symbol"), column(new, "name"), strict=True))
    both = before.keys() & after.keys()
    assert sum(before[code] != after[code] for code in both) == 624
    assert sum(cells.name(before[code]) != cells.name(after[code]) for code in both) == 566
    assert sum(code.startswith("0") for code in after) == 1485


@whole
def test_the_columns_of_days_prove_their_order():
    pipeline = column(SETS / "maven-crm-sales-opportunities" / "sales_pipeline.csv", "close_date")
    assert cells.day_order(pipeline) == "mdy"
    assert sum(cells.day(text, "mdy") is not None for text in pipeline) == 6711
    listed = column(SETS / "cn-listed-companies" / "stock_basic_2019.csv", "timeToMarket")
    assert (cells.day_order(listed), sum(map(cells.says_none, listed))) == ("ymd", 11)
    births = column(SETS / "febrl3-duplicates" / "dataset3.csv", "date_of_birth")
    assert sum(impossible(text) for text in births) == 35


def impossible(text):
    try:
        cells.day(text)
    except cells.Fault as fault:
        return fault.code == "impossible_day"
    return False


@whole
def test_the_151_telephones_are_all_there_and_42_names_have_an_alias():
    texts = [text for text in column(SETS / "cn-hospitals" / "hospitals.csv", "tel") if text]
    phones = [phone for text in texts for phone in cells.phones(text)]
    faults = [fault.code for phone in phones for fault in phone.faults]
    assert (len(texts), len(phones), faults.count("phone_area")) == (151, 152, 29)
    names = column(SETS / "cn-hospitals" / "hospitals.csv", "name")
    assert sum(bool(cells.alias(name)[1]) for name in names) == 42
