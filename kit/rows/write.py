"""Writing CSV and XLSX: what a spreadsheet would take for a formula stays text.

`kit.rows.read` takes the mark away again, so that what is written is what is read.
"""

import csv as standard
import io
import re
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain

# A formula begins with one of these, in either width; a tab or line end hides one from the eye.
DANGEROUS = re.compile(r"'*(?:\s*[=+\-@＝＋－＠﹢﹣﹦﹫]|[\t\r\n])")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
LONGEST = 32_767  # characters of a cell of a workbook
CUT = " […]"


def escaped(value):
    """The value of a cell as it is written: dangerous text gets an apostrophe, as spreadsheets do.

    Numbers, days and booleans are no text and stay what they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return value
    text = str(value)
    return f"'{text}" if DANGEROUS.match(text) else text


def csv(out, headers, rows):
    """Write rows (iterable of sequences) as UTF-8 CSV with a mark to `out`, a binary file.

    Every cell is quoted: a program that parts at another sign finds nothing to part.
    """
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="")
    writer = standard.writer(text, quoting=standard.QUOTE_ALL)
    for row in chain([headers], rows):
        writer.writerow([escaped(cell) for cell in row])
    text.flush()
    text.detach()


def xlsx(out, headers, rows, sheet="Sheet1"):
    """Write rows as a workbook of one sheet to `out`, a binary file. Text is typed as text."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", sheet)[:31] or "Sheet1")
    page.freeze_panes = "A2"
    page.append([cell(page, header) for header in headers])
    for row in rows:
        page.append([cell(page, value) for value in row])
    book.save(out)


def cell(page, value):
    """A cell that no program evaluates."""
    from openpyxl.cell import WriteOnlyCell

    value = escaped(value)
    if not isinstance(value, str):
        return WriteOnlyCell(page, value=value)
    made = WriteOnlyCell(page, value="")
    made._value, made.data_type = storable(value), "s"
    made.quotePrefix = True
    return made


def storable(text):
    """Text as the format wants it: a carriage return as a code, what XML cannot hold left out."""
    text = UNWRITABLE.sub("", CODED.sub("_x005F_", text)).replace("\r", "_x000D_")
    return text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
