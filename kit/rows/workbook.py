"""Workbooks (XLSX) through openpyxl, read-only, after what is dangerous in them has been refused."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from itertools import islice
from xml.parsers import expat

from kit.rows import headers, limits
from kit.rows.sink import Stop

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
PADDED = re.compile(r"^0{2,30}$")


def parse(path, sheet, encoding, sink, about):
    """Hand the rows of the first sheet with data (or the named one) to the sink."""
    with zipfile.ZipFile(path) as archive:
        guard(archive, sink)
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets = list(book.worksheets)
    about["sheets"] = [one.title for one in sheets]
    if sheet is not None:
        sheets = [one for one in sheets if one.title == sheet]
        if not sheets:
            raise Stop("no_sheet", name=str(sheet)[:60], sheets=", ".join(about["sheets"])[:300])
    for one in sheets:
        if hand_out(one, path, sink):
            about["sheet"] = one.title
            if len(about["sheets"]) > 1 and sheet is None:
                sink.remark("other_sheets", name=one.title, count=len(about["sheets"]) - 1)
            return
    raise Stop("empty")


def guard(archive, sink):
    """Refuse archives that unpack to far more than they are, and XML that declares entities."""
    parts = archive.infolist()
    if len(parts) > limits.PARTS:
        raise Stop("parts", limit=limits.PARTS)
    for part in parts:
        is_sheet = SHEET.match(part.filename)
        limit = limits.SHEET_BYTES if is_sheet else limits.PART_BYTES
        if part.file_size > limit:
            raise Stop("unpacked_size", limit=limit // limits.MIB)
        if part.flag_bits & 1:
            raise Stop("password")
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            declared(archive, part)
    if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
        sink.remark("macros")
    if any("/externallinks/" in part.filename.lower() for part in parts):
        sink.remark("links")


def declared(archive, part):
    """Stop at a document type in front of the first element: that is where entities live."""
    parser = expat.ParserCreate()

    def entities(*_declaration):
        raise Stop("entities")

    class Begun(Exception):
        pass

    def begun(*_element):
        raise Begun

    parser.StartDoctypeDeclHandler = entities
    parser.StartElementHandler = begun
    try:
        with archive.open(part) as file:
            while chunk := file.read(1 << 14):
                parser.Parse(chunk, False)
    except (Begun, expat.ExpatError):
        return


def hand_out(sheet, path, sink):
    """Put the rows of one sheet; False when it has none, so that the next is tried."""
    sheet.reset_dimensions()
    merged = Merged(path, sheet, sink)
    rows = enumerate(sheet.iter_rows(max_row=limits.ROWS + 100), 1)
    head = []
    for number, cells in rows:
        texts, faults = merged.fill(number, *texts_of(cells))
        if any(texts) or head:
            head.append((number, texts, faults))
        if len(head) >= headers.LOOKED_AT:
            break
    if not head:
        return False
    at = headers.locate([texts for _number, texts, _faults in head])
    if at:
        sink.remark("preamble", count=at)
    number, names, _faults = head[at]
    sink.headers = headers.clean(names, sink, number)
    sink.width = len(sink.headers)
    for number, texts, faults in islice(head, at + 1, None):
        put(sink, number, texts, faults)
    for number, cells in rows:
        if cells or number in merged.rows:
            put(sink, number, *merged.fill(number, *texts_of(cells)))
    return True


def put(sink, number, texts, faults):
    """One row; faults beyond the headers belong to the row as a whole."""
    sink.put(number, texts, [[code, at if at < sink.width else None, p] for code, at, p in faults])


def texts_of(cells):
    """The texts of cells, without empty ones at the end, and their faults."""
    texts, faults = [], []
    for at, cell in enumerate(cells):
        value = cell.value
        if value is None:
            texts.append("")
            continue
        if cell.data_type == "e":
            faults.append(["error_value", at, {"value": str(value)[:20]}])
        texts.append(text_of(value, cell))
    while texts and not texts[-1]:
        texts.pop()
    return texts, faults


def text_of(value, cell):
    """One value as text: days and instants in ISO form, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return padded(value, cell)
    if isinstance(value, float):
        return padded(int(value), cell) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, datetime):
        whole = value.time() == time.min
        return value.date().isoformat() if whole else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def padded(value, cell):
    """A whole number; with the zeros in front that its format shows (000000)."""
    shown = cell.number_format or ""
    return str(value).zfill(len(shown)) if value >= 0 and PADDED.match(shown) else str(value)


class Merged:
    """Merged areas: every cell of one holds the value of its first cell, as the eye reads it."""

    def __init__(self, path, sheet, sink):
        self.rows, self.values = {}, {}
        areas = areas_of(path, sheet)
        for left, top, right, bottom in areas:
            for number in range(top, min(bottom, top + 5_000) + 1):
                self.rows.setdefault(number, []).append((left, top, right))
        if areas:
            sink.remark("merged", count=len(areas))

    def fill(self, number, texts, faults):
        """The texts of a row with the values of the areas it lies in; rightwards only below them."""
        for left, top, right in self.rows.get(number, ()):
            if number == top:
                self.values[left, top] = texts[left] if left < len(texts) else ""
                continue
            texts += [""] * (right + 1 - len(texts))
            if not texts[left]:
                texts[left] = self.values.get((left, top), "")
        return texts, faults


def areas_of(path, sheet):
    """(left, top, right, bottom) of the merged areas of a sheet; columns from 0, rows from 1."""
    found, rest = [], b""
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path) as file:
        while (chunk := file.read(limits.MIB)) and len(found) < limits.MERGED:
            text = rest + chunk
            found += [match.groups() for match in MERGE.finditer(text)]
            rest = (
                text[-100:]
                if b"<mergeCell" not in text[-100:]
                else text[text.rindex(b"<mergeCell", -100) :]
            )
    areas = {(column(a), int(b), column(c), int(d)) for a, b, c, d in found}
    tall = [area for area in areas if area[3] > area[1] and area[2] < limits.COLUMNS]
    return sorted(tall)[: limits.MERGED]


def column(letters):
    """The number of a column, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
