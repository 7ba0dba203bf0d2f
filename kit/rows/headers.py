"""Where the header is, and what its cells are called."""

import re

from kit.rows import limits
from kit.rows.sink import EDGE, Stop

LOOKED_AT = 30  # first records among which the header is sought
INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u202a-\u202e\u2060\u00ad\x00]")
BROKEN = re.compile(r"[\ud800-\udfff]")


def filled(record):
    """How many cells of a record hold something."""
    return sum(1 for cell in record if cell and cell.strip(EDGE))


def locate(records):
    """Index of the header among the first records (lists of text).

    A line above it is only skipped when that is evident: it holds one cell or none, and a line with
    three or more follows.
    """
    counts = [filled(record) for record in records]
    first = next((at for at, count in enumerate(counts) if count), 0)
    if counts and counts[first] == 1:
        return next((at for at, count in enumerate(counts) if count >= 3), first)
    return first


def clean(cells, sink, number):
    """The names of the columns: trimmed, never empty, never twice. Notes go to the sink."""
    names = [BROKEN.sub("\ufffd", INVISIBLE.sub("", cell or "")) for cell in cells]
    names = [" ".join(name.split()) for name in names]
    while names and not names[-1] and len(names) > limits.COLUMNS:
        names.pop()
    if len(names) > limits.COLUMNS:
        raise Stop("columns", row=number, count=len(names), limit=limits.COLUMNS)
    for at, name in enumerate(names):
        if len(name) > 1_000:
            raise Stop("header_length", row=number, column=letter(at), limit=1_000)
    taken, result = set(), []
    for at, name in enumerate(names):
        wanted = name or letter(at)
        unique, again = wanted, 2
        while unique in taken or (unique != wanted and unique in names):
            unique, again = f"{wanted} ({again})", again + 1
        if name and unique != name:
            sink.remark("double_header", header=name, name=unique)
        taken.add(unique)
        result.append(unique)
    return result


def letter(at):
    """The letters of a column, counted from 0: A, B … Z, AA."""
    text = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        text = chr(65 + rest) + text
    return text
