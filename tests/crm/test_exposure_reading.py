"""Reading the files of other systems into facts: real ones, hostile ones, and those that are unclear."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from crm.selectors import exposure_files, exposure_paper
from kit.errors import Refused
from kit.uploads import FILE_BYTES

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="not run: data absent")
ACCOUNTS = "编号,客户名称,负责人,销售额\nC1,华东机电,李伟,1000\nC2,南桥五金,李伟,500\nC3,博力仪表,吴昊,200\nC4,无主客户,,10\n"
ACTIVITIES = "客户编号,拜访日期,拜访人,联系人\nC1,2026/10/5,李伟,王芳\nC1,2026/9/5,吴昊,周明\nC2,2026/10/1,李伟,丁悦\nC9,2026/10/1,李伟,\n,2026/10/1,李伟,\nC3,,吴昊,\nC3,2026/13/45,吴昊,\n"


def written(folder, **texts):
    paths = {}
    for kind, text in texts.items():
        paths[kind] = folder / f"{kind}.csv"
        content = text if isinstance(text, bytes) else text.encode()
        paths[kind].write_bytes(content)
    return paths


def refused(paths, **given):
    with pytest.raises(Refused) as caught:
        exposure_files.read(paths, **given)
    return {field: str(text) for field, text in caught.value.fields.items()}


def counts(reading):
    return {kind: count for (_file, kind), count in reading.remarks.counts.items()}


def test_chinese_headers_are_understood_in_gb18030_as_well(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS.encode("gb18030"), activities=ACTIVITIES)
    reading, found = exposure_paper.report(paths)
    assert [book.value for book in found.books] == [Decimal(1500), Decimal(200)]
    assert reading.facts.people[:2] == ["李伟", "吴昊"]
    assert [line.customer.name for line in found.vacant] == ["无主客户"]
    assert found.facts.as_of == date(2026, 10, 5)


def test_what_cannot_be_matched_is_counted_with_its_rows(tmp_path):
    reading = exposure_files.read(written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES))
    assert counts(reading) == {"unknown": 1, "no_customer": 1, "no_day": 1, "bad_day": 1}
    assert reading.remarks.examples["activities", "unknown"] == [(5, "C9")]
    assert reading.counts["activities"] == 7 == len(reading.facts.touches) + 4


def test_a_people_file_of_held_customers_gives_dated_seats(tmp_path):
    owners = "customer id,employee,from,to\nC1,李伟,2024-01-01,2025-01-01\nC1,吴昊,2025-01-01,\nC8,吴昊,2025-01-01,\n"
    accounts = ACCOUNTS.replace(",负责人", ",其他")
    paths = written(tmp_path, accounts=accounts, owners=owners, activities=ACTIVITIES)
    reading, found = exposure_paper.report(paths)
    assert [(s.start, s.end) for s in found.seats] == [
        (date(2024, 1, 1), date(2025, 1, 1)), (date(2025, 1, 1), None),
    ]  # fmt: skip
    assert found.facts.people[found.facts.customers[0].holder] == "吴昊"
    assert counts(reading)["no_holder"] == 1


def test_a_column_that_no_header_names_is_found_by_its_content(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES.replace("客户编号", "甲"))
    assert exposure_files.read(paths).sheets["activities"].columns["account"] == "甲"


def test_a_column_chosen_by_hand_wins_and_none_means_none(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES)
    chosen = {"accounts": {"value": ""}, "activities": {"person": "联系人"}}
    reading = exposure_files.read(paths, columns=chosen)
    assert reading.value_from is None
    assert "王芳" in reading.facts.people


def test_a_choice_made_for_other_headers_does_not_count(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES)
    chosen = {"accounts": {"name": "gone"}}
    assert refused(paths, columns=chosen) == {"accounts": "The file has no column “gone”."}
    assert exposure_files.read(paths, columns=chosen, shapes={"accounts": "another"})


def test_days_that_may_be_two_days_are_asked_for(tmp_path):
    text = "customer id,date\nC1,3/4/2026\nC2,5/6/2026\nC3,1/2/2026\n"
    paths = written(tmp_path, accounts=ACCOUNTS, activities=text)
    assert "day_order" in refused(paths)
    assert exposure_files.read(paths, day_order="dmy").facts.as_of == date(2026, 6, 5)
    assert exposure_files.read(paths, day_order="mdy").facts.as_of == date(2026, 5, 6)


def test_later_activities_are_planned_and_counted_apart(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES)
    reading = exposure_files.read(paths, as_of=date(2026, 9, 30))
    assert counts(reading)["planned"] == 2 and len(reading.facts.touches) == 1
    future = ACTIVITIES + "C3,2999-01-01,吴昊,\n"
    assert exposure_files.read(written(tmp_path, accounts=ACCOUNTS, activities=future)).facts.as_of == date(2026, 10, 5)  # fmt: skip


def test_files_in_the_wrong_slots_are_told_at_their_field(tmp_path):
    swapped = written(tmp_path, accounts=ACTIVITIES, activities=ACCOUNTS)
    assert set(refused(swapped)) <= {"accounts", "activities"}
    twice = written(tmp_path, accounts=ACCOUNTS, activities=ACCOUNTS)
    assert set(refused(twice)) == {"activities"}
    other = written(tmp_path, accounts=ACCOUNTS, activities="customer,date\nX,2026-01-01\n")
    assert refused(other)["activities"].startswith(
        "The 1 row in column “customer” names no customer"
    )


@pytest.mark.parametrize("kind", ["accounts", "activities"])
@pytest.mark.parametrize("content", [b"", b"\x00" * 50, b"\xff\xd8\xff\xe0JFIF" * 30, b"PK\x03\x04 broken", b"id\n"])  # fmt: skip
def test_what_is_no_table_is_refused_at_its_field(tmp_path, kind, content):
    texts = {"accounts": ACCOUNTS, "activities": ACTIVITIES} | {kind: content}
    said = refused(written(tmp_path, **texts))
    assert list(said) == [kind] and said[kind]


def test_a_folder_and_two_gigabytes_are_refused_at_once(tmp_path):
    paths = written(tmp_path, accounts=ACCOUNTS, activities=ACTIVITIES)
    assert list(refused(paths | {"accounts": tmp_path})) == ["accounts"]
    with (tmp_path / "large.csv").open("wb") as large:
        large.truncate(2 * 2**30)
    assert list(refused(paths | {"activities": tmp_path / "large.csv"})) == ["activities"]
    assert FILE_BYTES < 2 * 2**30


REAL = {
    "northwind": ("northwind/customers.csv", "northwind/employees.csv", "northwind/orders.csv"),
    "chinook": tuple(f"chinook-support-reps/{n}.csv" for n in ("customers", "employees", "invoices")),
    "maven": tuple(f"maven-crm-sales-opportunities/{n}.csv" for n in ("accounts", "sales_teams", "sales_pipeline")),
    "salesforce": ("salesforce-export/Account.csv", None, "salesforce-export/Task.csv"),
    "sf": ("sf-restaurant-visits/businesses.csv", None, "sf-restaurant-visits/inspections.csv"),
}  # fmt: skip


def report(name):
    kinds = ("accounts", "owners", "activities")
    paths = {k: DATA / p for k, p in zip(kinds, REAL[name], strict=True) if p}
    return exposure_paper.report(paths)


@real
def test_northwind_passes_643_times_between_nine_people_by_its_orders():
    _reading, found = report("northwind")
    assert found.facts.derived and found.facts.as_of == date(1998, 5, 6)
    assert (len(found.lines), len(found.vacant), found.changes) == (93, 4, 643)
    assert len([book for book in found.books if book.held]) == 9
    assert "Nancy Davolio" in found.facts.people


@real
def test_chinook_names_who_holds_and_leaves_open_who_knows():
    _reading, found = report("chinook")
    held = {found.facts.people[book.person]: len(book.held) for book in found.books}
    assert held == {"Jane Peacock": 21, "Margaret Park": 20, "Steve Johnson": 18}
    assert not found.facts.names_people and found.single == []


@real
def test_maven_lists_what_names_no_account():
    reading, found = report("maven")
    assert len(found.lines) == 85 and reading.remarks.counts["activities", "no_customer"] == 1425
    assert reading.value_from == ("activities", "close_value")
    assert reading.counts["activities"] == 8800


@real
def test_salesforce_has_one_person_for_all_but_one_account():
    _reading, found = report("salesforce")
    assert sorted(len(book.held) for book in found.books) == [1, 21]
    assert found.facts.names_contacts


@real
def test_visits_without_a_person_leave_every_business_with_nobody():
    _reading, found = report("sf")
    assert len(found.lines) == len(found.vacant) == 6399
    assert found.ages[-1] == 641  # never visited


def run(tmp_path, *more, **texts):
    paths = written(tmp_path, **({"accounts": ACCOUNTS, "activities": ACTIVITIES} | texts))
    out = tmp_path / "report.html"
    call_command(
        "exposure_report", "--accounts", str(paths["accounts"]),
        "--activities", str(paths["activities"]), "--out", str(out), *more,
    )  # fmt: skip
    return out.read_text()


def test_the_command_writes_one_file_that_stands_alone_in_two_languages(tmp_path, capsys):
    html = run(tmp_path)
    assert "若有人明天离职" in html and "If somebody left tomorrow" in html
    assert "<script" not in html and "http://" not in html and "https://" not in html
    assert "src=" not in html and "@import" not in html and "url(" not in html.replace("url(#", "")
    assert "4 customers" in capsys.readouterr().out


def test_the_command_writes_one_language_when_asked(tmp_path, capsys):
    html = run(tmp_path, "--lang", "zh-hans")
    assert 'lang="zh-Hans"' in html and "in-en" not in html.partition("<body")[2]


def test_the_command_prints_every_figure_as_json(tmp_path, capsys):
    run(tmp_path, "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["customers"]["all"] == 4 and told["as_of"] == "2026-10-05"
    assert sum(p["customers"] for p in told["people"]) + len(told["customers"]["vacant"]) == 4


@pytest.mark.parametrize(
    "more",
    [("--as-of", "tomorrow"), ("--columns", "/nowhere"), ("--columns", "[]"), ("--columns", '{"x": {}}')],
)  # fmt: skip
def test_the_command_says_what_is_wrong_with_its_options(tmp_path, more):
    if more[1][0] in "[{":
        (tmp_path / "columns.json").write_text(more[1])
        more = (more[0], str(tmp_path / "columns.json"))
    with pytest.raises(CommandError):
        run(tmp_path, *more)
    assert not (tmp_path / "report.html").exists()


def test_names_that_are_markup_are_shown_as_they_are_written(tmp_path, capsys):
    nasty = '编号,客户名称,负责人\nC1,<script>alert(1)</script>,"=1+1""<b>"\n'
    html = run(tmp_path, accounts=nasty, activities="客户编号,拜访日期\nC1,2026-10-05\n")
    assert "<script" not in html and "&lt;script&gt;" in html and "<b>" not in html
