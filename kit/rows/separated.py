"""Text with separators: CSV and its relatives, as programs and people really write them."""

import csv
import re
from collections import Counter, deque
from itertools import chain, islice

from kit.rows import encoding as encodings
from kit.rows import headers, limits
from kit.rows.sink import Stop

SEPARATORS = ",;\t|"
LOOKED_AT = 100  # lines that decide on the separator
DIRECTIVE = re.compile(r'\ufeff?"?sep=(.)"?\s*$', re.IGNORECASE)
TALL = 2_000  # lines of one cell; more is a quotation mark that nobody closed
csv.field_size_limit(limits.LINE_CHARS)


def parse(path, sheet, encoding, sink, about):
    """Hand the rows of the file to the sink."""
    name = encoding or encodings.detect(path)
    codec = encodings.codec(name)
    about["encoding"] = name.removesuffix("-le").removesuffix("-be")
    errors = "replace" if name.startswith("utf-16") else "surrogateescape"
    with open(path, encoding=codec, errors=errors, newline="") as file:
        lines = Lines(file)
        separator = directive(lines)
        separator = separator or choose(lines.peek(LOOKED_AT))
        about["separator"] = separator
        records = read(lines, separator)
        start(records, sink)


def start(records, sink):
    """Find the header among the first records and put the rest."""
    head = list(islice(records, headers.LOOKED_AT))
    if not any(headers.filled(cells) for _number, cells, _fault in head):
        raise Stop("empty")
    at = headers.locate([cells for _number, cells, _fault in head])
    skipped = sum(1 for _number, cells, _fault in head[:at] if headers.filled(cells))
    if skipped:
        sink.remark("preamble", count=skipped)
    number, names, _fault = head[at]
    sink.headers = headers.clean(names, sink, number)
    sink.width = len(sink.headers)
    for number, cells, fault in chain(head[at + 1 :], records):
        sink.put(number, cells, [fault] if fault else ())


class Lines:
    """The lines of a file with their ends, with a look ahead and a way back."""

    def __init__(self, file):
        self.file, self.waiting = file, deque()
        self.taken = []  # of the record that is being read
        self.ended = False

    def __iter__(self):
        return self

    def __next__(self):
        line = self.waiting.popleft() if self.waiting else self.fetch()
        if not line or len(self.taken) >= TALL:
            self.ended = True
            raise StopIteration
        self.taken.append(line)
        return line

    def fetch(self):
        """The next line of the file; a Stop where there is no end to it."""
        try:
            line = self.file.readline(limits.LINE_CHARS)
        except UnicodeError as error:
            raise Stop("unknown_encoding", name=self.file.encoding) from error
        if len(line) >= limits.LINE_CHARS:
            raise Stop("line_length", limit=limits.LINE_CHARS)
        return line

    def peek(self, count):
        """The next lines, which stay where they are."""
        size = sum(map(len, self.waiting))
        while len(self.waiting) < count and size < limits.MIB:
            line = self.fetch()
            if not line:
                break
            size += len(line)
            self.waiting.append(line)
        return list(islice(self.waiting, count))

    def give_back(self, lines):
        """Lines that belong to later records after all."""
        self.waiting.extendleft(reversed(lines))
        self.ended = False


def directive(lines):
    """The separator that a first line `sep=;` names; that line is no row."""
    first = lines.peek(1)
    found = DIRECTIVE.match(first[0]) if first else None
    if not found:
        return None
    lines.waiting.popleft()
    return found.group(1)


def choose(sample):
    """The separator under which most lines have the same number of cells, and more than one."""
    best, chosen = (0, 0), ","
    for separator in SEPARATORS:
        try:
            records = list(csv.reader(sample, delimiter=separator, skipinitialspace=True))
        except csv.Error:
            continue
        counts = [len(record) for record in records if any(record)]
        usual, times = Counter(counts).most_common(1)[0] if counts else (1, 0)
        if usual < 2 and counts:
            usual = counts[0]  # many broken lines, but a header
            times = counts.count(usual)
        if usual < 2:
            continue
        agreement = times / len(counts) + (counts[0] == usual) / 2
        if (agreement, usual) > best:
            best, chosen = (agreement, usual), separator
    return chosen


def read(lines, separator):
    """(number, cells, fault or None) of every record, empty ones included."""
    number, width = 0, None
    while True:
        lines.taken, lines.ended = [], False
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = None if not lines.taken else [""] * (width or 1) + ["", "?"]
        if cells is None and not lines.taken:
            return
        number += 1
        fault = None
        if len(lines.taken) > 1 or lines.ended:
            cells, fault = mended(lines, cells or [], separator, width)
        width = width or (len(cells) if len(cells) > 1 else None)
        yield number, cells, fault


def sound(taken, separator):
    """Whether a record of several lines is quoted by the rules.

    Where a mark that nobody closed swallows lines, the next opening mark ends it, and text follows.
    """
    try:
        return bool(
            list(csv.reader(taken, delimiter=separator, strict=True, skipinitialspace=True))
        )
    except csv.Error:
        return False


def mended(lines, cells, separator, width):
    """A record of several lines; where a quotation mark was never closed, its first line only."""
    first, *others = lines.taken
    alone = first.rstrip("\r\n").split(separator)
    stray = width and len(cells) != width and len(alone) == width
    if not lines.ended and not stray and sound(lines.taken, separator):
        return cells, None
    if lines.ended and not others and first.count('"') % 2 == 0:
        return cells, None
    lines.give_back(others)
    return [cell.strip().strip('"') for cell in alone], ["quote", None, {}]
