"""Workbooks and JSON give the rows that a person sees in them."""

import datetime
import io
import json
import re
import zipfile

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kit import rows
from kit.rows import write


@pytest.fixture
def book(tmp_path):
    """book(fill): the path of a workbook that `fill(book)` made."""

    def make(fill):
        made = Workbook()
        fill(made)
        path = tmp_path / "book"
        made.save(path)
        return path

    return make


@pytest.fixture
def document(tmp_path):
    """document(object): the path of a JSON file."""

    def make(found, text=None):
        path = tmp_path / "document"
        path.write_text(json.dumps(found, ensure_ascii=False) if text is None else text)
        return path

    return make


def values(table):
    return [list(row.values.values()) for row in table]


def test_days_numbers_and_zeros_are_read_as_they_are_seen(book):
    def fill(made):
        made.active.append(["day", "time", "whole", "part", "text", "shown", "yes"])
        made.active.append(
            [datetime.date(2020, 2, 29), datetime.datetime(2020, 1, 2, 3, 4), 3.0, 0.1 + 0.2, "007", 42, True]
        )  # fmt: skip
        made.active["F2"].number_format = "000000"

    assert values(rows.read(book(fill))) == [
        ["2020-02-29", "2020-01-02 03:04:00", "3", "0.3", "007", "000042", "true"]
    ]


def test_a_format_with_a_colour_or_a_currency_is_no_date(book):
    def fill(made):
        made.active.append(["a", "b", "c", "d"])
        made.active.append([1, 2, 3, 43831])
        formats = ("#,##0;[Magenta]-#,##0", "[$USD] #,##0", '0 "days"', 'yyyy"年"m"月"d"日"')
        for cell, shown in zip(made.active[2], formats, strict=True):
            cell.number_format = shown

    assert values(rows.read(book(fill))) == [["1", "2", "3", "2020-01-01"]]


def test_prefixes_readings_and_the_calendar_of_1904_make_no_difference(book, tmp_path):
    def fill(made):
        made.epoch = CALENDAR_MAC_1904
        made.active.append(["name", "day", "time"])
        made.active.append(["甲乙", datetime.date(2020, 1, 2), datetime.time(8, 30)])

    path, prefixed = book(fill), tmp_path / "prefixed"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(prefixed, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename.startswith("xl/") and "theme" not in part.filename:
                body = re.sub(rb"<(/?)([A-Za-z])", rb"<\1x:\2", body).replace(
                    b"xmlns=", b"xmlns:x="
                )
            reading = "甲乙</x:t><x:rPh><x:t>jia yi</x:t></x:rPh>"
            new.writestr(part.filename, body.replace("甲乙</x:t>".encode(), reading.encode()))
    assert (
        values(rows.read(path))
        == values(rows.read(prefixed))
        == [["甲乙", "2020-01-02", "08:30:00"]]
    )


def test_the_first_sheet_with_data_or_the_named_one_is_read(book):
    def fill(made):
        made.active.title = "nothing"
        for name in ("one", "two"):
            sheet = made.create_sheet(name)
            sheet.append(["a"])
            sheet.append([name])

    path = book(fill)
    assert values(rows.read(path)) == [["one"]]
    assert values(rows.read(path, sheet="two")) == [["two"]]
    assert rows.read(path).sheets == ["nothing", "one", "two"]
    with pytest.raises(rows.Unreadable, match="three"):
        rows.read(path, sheet="three")


def test_a_title_is_passed_over_and_merged_cells_stand_in_every_row(book):
    def fill(made):
        sheet = made.active
        for line in (["Customers"], ["region", "name", "no"], ["East", "a", 1], [None, "b", 2]):
            sheet.append(line)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A3:A4")

    table = rows.read(book(fill))
    assert values(table) == [["East", "a", "1"], ["East", "b", "2"]]
    assert [row.number for row in table] == [3, 4]
    assert len(table.notes) == 2


def test_a_formula_is_never_evaluated_and_an_error_is_a_fault(book):
    def fill(made):
        made.active.append(["a", "b"])
        made.active.append(["=1+1", "#N/A"])
        made.active["B2"].data_type = "e"
        made.active.append(["x", "y"])

    bad, good = rows.read(book(fill))
    assert bad.values["a"] == ""
    assert [(fault.code, fault.column) for fault in bad.faults] == [("error_value", "b")]
    assert not good.faults


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>', "entities"),
        (b"<worksheet><sheetData><row r='9999999'><c r='A1'><v>1</v></c></row></sheetData></worksheet>", "rows"),
        (b"<worksheet><sheetData><row r='1'><c r='ZZZZ1'><v>1</v></c></row></sheetData></worksheet>", "columns"),
        (b"<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99</v></c></row></sheetData></worksheet>", "damaged"),
        (b"<worksheet><sheetData>", "damaged"),
    ],
)  # fmt: skip
def test_a_sheet_that_means_harm_is_refused(tmp_path, body, code):
    sound, path = io.BytesIO(), tmp_path / "book"
    write.xlsx(sound, ["a"], [["x"]])
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, body if "sheet1" in part.filename else old.read(part))
    with pytest.raises(rows.Unreadable) as refused:
        rows.read(path)
    assert refused.value.code == code


def test_objects_become_dotted_columns_and_numbers_keep_their_digits(document):
    table = rows.read(document(None, '[{"id": 007.50, "a": {"b": 1}}]'.replace("007", "7")))
    assert (table.headers, values(table)) == (["id", "a.b"], [["7.50", "1"]])


def test_lists_under_headings_are_the_rows_and_carry_the_headings(document):
    table = rows.read(document({"provinces": [
        {"code": 1, "province": "Hubei", "cities": [
            {"code": 11, "city": "Wuhan", "hospitals": [{"name": "a", "type": {}}, {"name": "b"}]},
            {"code": 12, "city": "Jingmen", "hospitals": []},
        ]},
    ]}))  # fmt: skip
    assert table.headers == ["provinces.code", "province", "cities.code", "city", "name", "type"]
    assert values(table) == [
        ["1", "Hubei", "11", "Wuhan", "a", ""],
        ["1", "Hubei", "11", "Wuhan", "b", ""],
    ]
    assert len(table.notes) == 2  # where the rows are, and that one list is empty


def test_records_with_lists_stay_one_row_each(document):
    found = [
        {"id": n, "name": "x", "city": "y", "sum": 1, "lines": [{"p": 1}, {"p": 2}]} for n in (1, 2)
    ]
    assert len(rows.read(document(found))) == 2
    assert len(rows.read(document(found), sheet="lines")) == 4


def test_objects_line_by_line_and_values_beside_objects(document):
    assert values(rows.read(document(None, '{"a": 1}\n\n{"a": 2}\n'))) == [["1"], ["2"]]
    table = rows.read(document([{"a": ["x", "y"]}, 5]))
    assert values(table) == [["x; y"]]
    assert table.notes


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ('[{"a": 1},\n{"b"]', "json", 2), ('{"a": 1}\n{bad\n', "json", 2), ("[1, 2]", "no_table", None),
        ("{}", "no_table", None), ("[" * 100_000, "nesting", None),
    ],
)  # fmt: skip
def test_broken_json_is_refused_with_its_line(document, text, code, row):
    with pytest.raises(rows.Unreadable) as refused:
        rows.read(document(None, text))
    assert (refused.value.code, refused.value.row) == (code, row)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_written_is_what_is_read(tmp_path, form):
    path = tmp_path / form
    texts = [
        "=1+1",
        "+86 592",
        "-",
        "@x",
        "\t=1",
        "＝1",
        "'=1",
        "''=1",
        " =1",
        "a\r\nb",
        "_x000D_",
        "中国",
    ]
    with path.open("wb") as out:
        getattr(write, form)(out, ["no", "text"], list(enumerate(texts)))
    assert [row.values["text"] for row in rows.read(path)] == texts


def test_numbers_stay_numbers_and_days_days(tmp_path):
    path = tmp_path / "x"
    with path.open("wb") as out:
        write.csv(out, ["a", "b", "c"], [[-5, datetime.date(2024, 3, 1), None]])
    assert path.read_bytes().splitlines()[1] == b'"-5","2024-03-01",""'
