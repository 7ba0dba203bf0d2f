"""What a kind of import declares: its fields, and how a cell of each is read."""

from dataclasses import dataclass, field
from datetime import date, datetime

from kit import cells, names


class Reason(Exception):
    """Why a row is refused, or what is said about one that is not.

    code: a key of crm.imports.reasons. column: the header, "" for the row as a whole. The value is
    not part of it: it stays sealed with the row. params: what else the sentence names.
    """

    incomplete = False

    def __init__(self, code, column="", **params):
        super().__init__(code)
        self.code, self.column, self.params = code, column, params

    def told(self):
        """As it is kept with the row."""
        told = {"code": self.code, "column": self.column}
        return told | ({"params": self.params} if self.params else {})


class Word(Reason):
    """A word of a choice that is not known here: the row is taken without it."""


class Incomplete(Reason):
    """The row is left out and listed, and stops nobody: too little is known."""

    incomplete = True


@dataclass(frozen=True)
class Field:
    """One field of a kind.

    words: headers by which other systems call it, best first, in both languages; of a header, the
    name of the kind itself is taken off first ("Customer ID" is "id" among customers). ends: a header
    that ends so is meant too. many: every column that fits is read, not only the best. refers: the
    kind whose key the cell holds. values: words of a choice → our value; another word is left out,
    or refused where the field is strict.
    """

    name: str
    label: str
    words: tuple = ()
    ends: tuple = ()
    read: str = "text"
    strict: bool = False
    many: bool = False
    refers: str = ""
    longest: int = 0
    values: dict = field(default_factory=dict)


@dataclass
class Cell:
    """One cell on its way: the header it stood under, and what it said."""

    column: str
    text: str


def read(spec, cell, facts):
    """The value of a cell for a field. facts: what the column as a whole proves. Raises Reason."""
    try:
        value = READERS[spec.read](cell.text, facts)
    except cells.Fault as fault:
        raise Reason(f"cell:{fault.code}", cell.column) from fault
    if spec.values and value:
        return choose(spec, cell, value)
    if spec.longest and isinstance(value, str) and len(value) > spec.longest:
        raise Reason("long", cell.column, longest=spec.longest)
    return value


def choose(spec, cell, word):
    """Our value for a word. Raises Reason, Word where the row is taken without it."""
    value = spec.values.get(names.fold(word))
    if value is None and spec.strict:
        known = ", ".join(dict.fromkeys(spec.values.values()))
        raise Reason("choice", cell.column, words=known)
    if value is None:
        raise Word("word", cell.column)
    return value


def lines(raw, facts):
    """A text of several lines, each without invisible characters."""
    return "\n".join(cells.plain(line) for line in raw.splitlines()).strip()


READERS = {
    "text": lambda raw, facts: cells.plain(raw),
    "lines": lines,
    "name": lambda raw, facts: cells.name(raw),
    "code": lambda raw, facts: cells.code(raw),
    "day": lambda raw, facts: cells.day(raw, facts.get("order"), facts["zone"], facts["serial"]),
    "instant": lambda raw, facts: cells.instant(
        raw, facts.get("order"), facts["zone"], facts["serial"]
    ),
    "number": lambda raw, facts: cells.number(raw, facts.get("decimal")),
    "flag": lambda raw, facts: cells.flag(raw),
    "phones": lambda raw, facts: cells.phones(raw, facts["country"]),
    "mails": lambda raw, facts: cells.mails(raw),
}


def plain(value):
    """A value as text that is equal whenever the value is: for digests of what was written."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return "" if value is None else str(getattr(value, "pk", value))
