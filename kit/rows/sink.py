"""What a parser hands its rows to: cells are cleaned, faults found, limits kept."""

import json
import re
from collections import Counter

from kit.rows import limits

# Whitespace of every kind, and what is invisible at the edge of a cell.
EDGE = "".join(map(chr, filter(lambda n: chr(n).isspace(), range(0x3001)))) + "\ufeff\u200b"
BROKEN = re.compile(r"[\ud800-\udfff]")  # bytes that no character of the encoding stands for
ESCAPED = re.compile(
    r"'+(?:\s*[=+\-@＝＋－＠﹢﹣﹦﹫]|[\t\r\n])"
)  # text marked as text: see kit/rows/write.py


class Stop(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, code, row=None, column=None, **params):
        super().__init__(code)
        self.code, self.row, self.column, self.params = code, row, column, params


class Enough(Exception):
    """As many rows as were asked for."""


class Sink:
    """Writes rows to `out` (binary) as lines of JSON: number, cells, faults, cells beyond."""

    def __init__(self, out, first=None):
        self.out, self.first = out, first
        self.headers, self.width, self.used = [], 0, 0
        self.ragged = True  # whether a row with too few cells tells anything
        self.count = 0
        self.remarks = []
        self.seen = Counter()
        self.earliest = {}

    def remark(self, code, **params):
        """A note on the file."""
        self.remarks.append((code, params))

    def tally(self, code, number):
        """Count what happens in many rows; told once, with the first row."""
        self.seen[code] += 1
        self.earliest.setdefault(code, number)

    def put(self, number, cells, faults=()):
        """One row of texts. Empty rows are skipped; faults are [code, index of column, params]."""
        faults = list(faults)
        cells = [self.clean(c, at, number, faults) if c else "" for at, c in enumerate(cells)]
        extra = cells[self.width :]
        while extra and not extra[-1]:
            extra.pop()
        if not extra and not any(cells):
            return
        if extra:
            faults.append(
                ["surplus", None, {"cells": self.width + len(extra), "headers": self.width}]
            )
            extra = [cell[:200] for cell in extra[:50]]
        elif self.ragged and len(cells) < self.width:
            self.tally("short_rows", number)
        del cells[self.width :]
        self.count += 1
        if self.count > limits.ROWS:
            raise Stop("rows", row=number, limit=limits.ROWS)
        self.used = max(self.used, len(cells))
        line = json.dumps([number, cells, faults, extra], ensure_ascii=False)
        self.out.write(line.encode("utf-8", "replace") + b"\n")
        if self.first and self.count >= self.first:
            raise Enough

    def clean(self, text, at, number, faults):
        """The text of one cell without what surrounds it; what cannot be kept is a fault."""
        text = text.strip(EDGE)
        if len(text) > limits.CELL_CHARS:
            where = at if at < self.width else None
            faults.append(["cell", where, {"length": len(text), "limit": limits.CELL_CHARS}])
            text = text[:200]
        if "\0" in text:
            self.tally("nul", number)
            text = text.replace("\0", "").strip(EDGE)
        if not text.isascii() and BROKEN.search(text):
            faults.append(["encoding", at if at < self.width else None, {}])
            text = BROKEN.sub("\ufffd", text)
        if text[:1] == "'" and ESCAPED.match(text):
            text = text[1:]
        return text

    def finish(self):
        """Turn what was counted into remarks."""
        for code, count in self.seen.items():
            self.remark(code, count=count, row=self.earliest[code])
