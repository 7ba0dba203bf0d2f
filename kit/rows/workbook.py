"""Workbooks (XLSX): the first sheet with data, after what is dangerous has been refused."""

import re
import zipfile
from itertools import islice

from kit.rows import headers, limits, ooxml
from kit.rows.sink import Stop

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml$", re.IGNORECASE)
MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
TALL = 5_000  # rows of a merged area that are filled


def parse(path, sheet, encoding, sink, about):
    """Hand the rows of the first sheet with data (or the named one) to the sink."""
    sink.ragged = False
    with zipfile.ZipFile(path) as archive:
        guard(archive, sink)
        book = ooxml.Book(archive)
        about["sheets"] = [name for name, _part in book.sheets]
        for name, part in chosen(book, sheet):
            if hand_out(book, part, sink):
                about["sheet"] = name
                if len(book.sheets) > 1 and sheet is None:
                    sink.remark("other_sheets", name=name, count=len(book.sheets) - 1)
                return
    raise Stop("empty")


def guard(archive, sink):
    """Refuse archives that unpack to far more than they are; say what was left aside."""
    parts = archive.infolist()
    if len(parts) > limits.PARTS:
        raise Stop("parts", limit=limits.PARTS)
    for part in parts:
        limit = limits.SHEET_BYTES if SHEET.match(part.filename) else limits.PART_BYTES
        if part.file_size > limit:
            raise Stop("unpacked_size", limit=limit // limits.MIB)
        if part.flag_bits & 1:
            raise Stop("password")
    names = [part.filename.lower() for part in parts]
    if any(name.endswith("vbaproject.bin") for name in names):
        sink.remark("macros")
    if any("/externallinks/" in name for name in names):
        sink.remark("links")


def chosen(book, sheet):
    """The sheets that are tried: all, or the named one."""
    if sheet is None:
        return book.sheets
    found = [(name, part) for name, part in book.sheets if name == sheet]
    if not found:
        known = ", ".join(name for name, _part in book.sheets)
        raise Stop("no_sheet", name=str(sheet)[:60], sheets=known[:300])
    return found


def hand_out(book, part, sink):
    """Put the rows of one sheet; False when it has none, so that the next is tried."""
    merged = Merged(book.archive, part)
    rows = merged.filled(book.rows(part))
    head = list(islice(rows, headers.LOOKED_AT))
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
    for number, texts, faults in rows:
        put(sink, number, texts, faults)
    if merged.areas:
        sink.remark("merged", count=len(merged.areas))
    return True


def put(sink, number, texts, faults):
    """One row; faults beyond the headers belong to the row as a whole."""
    sink.put(number, texts, [[code, at if at < sink.width else None, p] for code, at, p in faults])


class Merged:
    """Merged areas of several rows: each row holds the value of the first, as the eye reads it."""

    def __init__(self, archive, part):
        self.areas = tall_areas(archive, part)
        self.rows, self.values = {}, {}
        for left, top, right, bottom in self.areas:
            for number in range(top, min(bottom, top + TALL) + 1):
                self.rows.setdefault(number, []).append((left, top, right))

    def filled(self, rows):
        """The rows that hold something, with the values of the areas they lie in."""
        for number, texts, faults in rows:
            for left, top, _right in self.rows.get(number, ()):
                if number == top:
                    self.values[left, top] = texts[left] if left < len(texts) else ""
                    continue
                texts += [""] * (left + 1 - len(texts))
                texts[left] = texts[left] or self.values.get((left, top), "")
            if texts:
                yield number, texts, faults


def tall_areas(archive, part):
    """(left, top, right, bottom) of the areas of several rows; columns from 0, rows from 1."""
    found, rest = set(), b""
    with archive.open(part) as file:
        while (chunk := file.read(limits.MIB)) and len(found) < limits.MERGED:
            text = rest + chunk
            found.update(match.groups() for match in MERGE.finditer(text))
            rest = text[-100:]
    areas = [(ooxml.COLUMNS[a], int(b), ooxml.COLUMNS[c], int(d)) for a, b, c, d in letters(found)]
    return sorted(area for area in areas if area[3] > area[1] and area[2] < limits.COLUMNS)


def letters(found):
    """The references as text."""
    return [tuple(part.decode() for part in area) for area in found]
