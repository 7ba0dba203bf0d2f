"""Text files in any encoding and with any separator are read as they were meant."""

import gzip

import pytest

from kit import rows

CHINESE = "编号,名称,地区\n001,华东机电,上海\n002,深华发Ａ,深圳\n"


@pytest.fixture
def file(tmp_path):
    """file(bytes): the path of a file with this content."""

    def write(data, name="file"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def values(table):
    return [list(row.values.values()) for row in table]


@pytest.mark.parametrize(
    ("code", "encoding"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16"),
        ("gb18030", "gb18030"),
    ],
)  # fmt: skip
def test_a_chinese_file_is_read_in_the_encoding_it_proves(file, code, encoding):
    text = CHINESE.replace("编号", "no") if code == "utf-16-le" else CHINESE
    table = rows.read(file(("x,y,z\n" * 3 + text if code == "utf-16-le" else text).encode(code)))
    assert table.encoding == encoding
    assert values(table)[-1] == ["002", "深华发Ａ", "深圳"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("名称\n李四\n", "gb18030"),
        ("name,性别\nLi,男\n", "gb18030"),
        ("A股B,名\n1,中\n", "gb18030"),
        ("name\nCAFÉ\n", "windows-1252"),
        ("name\nTROPISUEÑO\n", "windows-1252"),
        ("nome\nINFORMAÇÃO\n", "windows-1252"),
        ("nom;prénom\nLefèvre;Créée\n", "windows-1252"),
        ("name\nMüller & Söhne – “Kölner Straße”\n", "windows-1252"),
        ("price\n5 €\n", "windows-1252"),
    ],
)
def test_short_files_are_told_apart_by_what_stands_around_the_signs(file, text, code):
    table = rows.read(file(text.encode("cp1252" if code == "windows-1252" else code)))
    assert table.encoding == code
    assert values(table) == [line.split(table.separator) for line in text.splitlines()[1:]]


def test_a_broken_byte_in_a_sound_file_is_a_fault_of_its_cell(file):
    table = rows.read(file(("a,b\n" + "中国,1\n" * 20).encode() + b"\xff,2\n"))
    (bad,) = [row for row in table if row.faults]
    assert (table.encoding, bad.number, bad.faults[0].column) == ("utf-8", 22, "a")
    assert bad.faults[0].code == "encoding"


def test_a_person_may_say_the_encoding_and_a_wrong_name_is_refused(file):
    assert rows.read(file(b"a\n\xe9\n"), encoding="cp1252").headers == ["a"]
    with pytest.raises(rows.Unreadable, match="klingon"):
        rows.read(file(b"a\n1\n"), encoding="klingon")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_most_lines_agree_on(file, separator):
    text = separator.join(["no", "name", "sum"]) + "\n"
    text += separator.join(
        ["1", '"Huang, Li; Co"' if separator in ",;" else "Huang, Li; Co", "1 5"]
    )
    table = rows.read(file(text.encode()))
    assert table.separator == separator
    assert values(table) == [["1", "Huang, Li; Co", "1 5"]]


def test_a_decimal_comma_does_not_part_cells(file):
    table = rows.read(file(b"a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n"))
    assert values(table)[0] == ["1,5", "2,5", "3,5"]


def test_a_first_line_may_name_the_separator(file):
    table = rows.read(file(b"sep=|\r\na|b\r\n1|2\r\n"))
    assert (table.headers, [row.number for row in table]) == (["a", "b"], [2])


def test_quotation_marks_lines_in_cells_and_mixed_line_ends(file):
    table = rows.read(file(b'a,b\r\n1,"two\r\nlines"\n2,"say ""hi"""\r3,5" pipe\n'))
    assert values(table) == [["1", "two\r\nlines"], ["2", 'say "hi"'], ["3", '5" pipe']]
    assert [row.number for row in table] == [2, 3, 4]


@pytest.mark.parametrize("text", ['a,b\n1,"open\n2,3\n4,5\n', 'a,b\n1,"open\n2,3\n4,"5"\n'])
def test_a_mark_that_stays_open_costs_one_row_and_not_the_rest(file, text):
    table = rows.read(file(text.encode()))
    assert next((row.number, [f.code for f in row.faults]) for row in table) == (2, ["quote"])
    assert values(table)[1:] == [["2", "3"], ["4", "5"]]


def test_too_many_cells_are_a_fault_of_the_row_and_too_few_a_remark(file):
    table = rows.read(file(b"a,b\n1,2,3\n4\n5,6,,\n"))
    first, short, padded = table
    assert [fault.code for fault in first.faults] == ["surplus"]
    assert first.extra == ("3",)
    assert (short.values, short.faults, padded.faults) == ({"a": "4", "b": ""}, (), ())
    assert "row 3" in table.notes[0]


def test_empty_lines_and_a_preamble_are_passed_over_and_counted(file):
    text = "客户名单\n\n编号,名称,地区\n\n1,甲,乙\n,,\n2,丙,丁\n"
    table = rows.read(file(text.encode()))
    assert table.headers == ["编号", "名称", "地区"]
    assert [row.number for row in table] == [5, 7]
    assert len(table) == 2
    assert len(table.notes) == 1


def test_headers_are_trimmed_named_and_made_unique(file):
    table = rows.read(file("\ufeff\u00a0a , a,,b\n1,2,3,4\n".encode()))
    assert table.headers == ["a", "a (2)", "C", "b"]
    assert "a (2)" in table.notes[0]


def test_zero_bytes_and_invisible_edges_are_left_out(file):
    table = rows.read(file("a,b\n\u00a01\0 ,\u200b2\u3000\n".encode()))
    assert values(table) == [["1", "2"]]
    assert table.notes


def test_a_huge_cell_is_a_fault_that_names_its_column(file):
    table = rows.read(file(b"a,b\n1," + b"x" * 200_000 + b"\n2,3\n"))
    bad, good = table
    assert [(fault.code, fault.column) for fault in bad.faults] == [("cell", "b")]
    assert len(bad.values["b"]) < 1_000
    assert not good.faults


def test_a_gzip_is_what_is_in_it(file):
    table = rows.read(file(gzip.compress(CHINESE.encode("gb18030"))))
    assert (table.format, table.encoding, len(table)) == ("csv", "gb18030", 2)


def test_text_marked_as_text_comes_without_the_mark(file):
    assert values(rows.read(file(b"a\n'=1+1\n'quoted'\n"))) == [["=1+1"], ["'quoted'"]]


def test_a_preview_stops_and_says_so(file):
    table = rows.read(file(b"a\n1\n2\n3\n"), first=2)
    assert len(table) == 2
    assert table.notes


def test_a_table_can_be_walked_twice_at_once(file):
    table = rows.read(file(b"a\n1\n2\n"))
    assert [(one.number, two.number) for one in table for two in table] == [
        (2, 2),
        (2, 3),
        (3, 2),
        (3, 3),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"), (b"\n\r\n", "empty"), (b"%PDF-1.7", "picture"), (b"<html>", "page"),
        (b"\x89PNG\r\n", "picture"), (bytes(range(256)) * 20, "binary"), (b"PK\x03\x04", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"), (b"," * 5_000 + b"x", "columns"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(file, data, code):
    with pytest.raises(rows.Unreadable) as refused:
        rows.read(file(data))
    assert refused.value.code == code
    assert refused.value.message


def test_folders_absent_and_endless_files_are_refused_without_being_opened(tmp_path):
    big = tmp_path / "big"
    with big.open("wb") as out:
        out.truncate(2 << 30)
    for path, code in ((tmp_path, "folder"), (tmp_path / "none", "missing"), (big, "file_size")):
        with pytest.raises(rows.Unreadable) as refused:
            rows.read(path)
        assert refused.value.code == code


def test_the_parsing_process_gets_no_secret(file, monkeypatch):
    from kit.rows import reading

    handed = {}
    real = reading.subprocess.Popen

    def watched(*args, **options):
        handed.update(options["env"])
        return real(*args, **options)

    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    monkeypatch.setattr(reading.subprocess, "Popen", watched)
    rows.read(file(b"a\n1\n"))
    assert set(handed) <= set(reading.PASSED)


def test_a_process_that_leaves_no_answer_is_a_refusal(file, monkeypatch):
    from kit.rows import reading

    monkeypatch.setattr(reading, "PARSER", ("this",))
    with pytest.raises(rows.Unreadable) as refused:
        rows.read(file(b"a\n1\n"))
    assert refused.value.code == "stopped"
