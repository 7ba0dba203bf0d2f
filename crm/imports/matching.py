"""An import by hand: the file is sealed, its columns are matched, and matched again until it fits."""

from itertools import islice

from django.db import transaction

from crm.imports import carry, columns, undo  # noqa: F401  (the steps of the jobs)
from crm.imports.check import FAULTS
from crm.imports.kinds import KINDS
from crm.imports.staging import CHUNK, Keys, facts, fingerprint, fitted, opened_by
from crm.models import Import
from crm.services import imports
from kit import bulk
from kit.headers import ENDS
from kit.rows import Row

SAMPLE = 5  # rows that are shown beside the columns
SHOWN = 120  # columns that can be matched by hand
LAST, SURE, MAYBE, NONE = "last", "sure", "maybe", "none"


def receive(*, actor, kind, path, source, file_name, once):
    """Read the file at `path` and seal its rows; its columns wait to be matched. Returns the Import.

    kind: name of a kind. source: the system it is from. once: key of the form; sent twice it gives
    the same import, with another file a new one. Raises NotAllowed, Refused, kit.rows.Unreadable.
    """
    opened = opened_by(actor, kind, path, source)
    with opened as (kind, source, table), transaction.atomic():
        digest = fingerprint(path)
        if old := imports.made_by_form(actor, once, source, digest):
            return old
        kind, keys, options = recognised(kind, source, table)
        return imports.receive(
            actor=actor, kind=kind.name, source=source, file_name=file_name,
            digest=digest, options=options | {"once": str(once)},
            chunks=chunks(keys.row(row) for row in table),
        )  # fmt: skip


def chunks(rows):
    """Lists of some hundred rows."""
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def recognised(kind, source, table):
    """(kind, keys, options): the columns as the last import of this source and kind had them, else by header."""
    found = columns.match(kind, table.headers)
    if other := kind.instead(found):
        kind = KINDS[other]
    mapping = last_mapping(kind, source, table.headers)
    found = columns.mapped(kind, table.headers, mapping)
    keys = Keys(kind, found, table, source, mapping)
    about = {name: getattr(table, name) for name in ("format", "encoding", "separator", "sheet")}
    options = {
        "mapping": {}, "partial": False, "keep_incomplete": False, "headers": table.headers,
        "columns": found.taken, "facts": facts(kind, found, table), "about": about,
        "remarks": table.remarks, "again": sorted(mapping),
    }  # fmt: skip
    return kind, keys, options


def last_mapping(kind, source, headers):
    """header → field, as it was said last for this source and kind, as far as it fits this file."""
    before = Import.objects.filter(kind=kind.name, source=source).exclude(options__mapping={})
    last = before.order_by("-pk").values_list("options__mapping", flat=True).first() or {}
    return {header: name or "" for header, name in last.items()
            if header in headers and (not name or name in kind.by_name)}  # fmt: skip


def recognition(imported):
    """What is known of each column before somebody looks: [(header, field or "", how sure)]."""
    kind, options = KINDS[imported.kind], imported.options
    headers = options["headers"]
    field_of = {header: name for name, taken in options["columns"].items() for header in taken}
    again = set(options.get("again", []))
    shown = [header for header in headers if header in field_of]
    shown += [header for header in headers if header not in field_of][: SHOWN - len(shown)]
    return [
        (header, name, how_sure(kind, headers, header, name, again))
        for header in sorted(shown, key=headers.index)
        for name in [field_of.get(header, "")]
    ]


def how_sure(kind, headers, header, name, again):
    """Whether a column was matched as last time, by its header, by its end, or not at all."""
    if header in again:
        return LAST
    if not name:
        return NONE
    place = columns.fit(kind.field(name), header, kind.about(headers))
    return MAYBE if place is None or place >= ENDS else SURE


def sample(imported):
    """The first rows of the file as they were read: lists of cells by header."""
    rows = list(imported.rows.order_by("number")[:SAMPLE])
    return [(row.number, imports.cells_of(imported, row)) for row in rows]


# -- matched --------------------------------------------------------------------------------------
def match(*, actor, imported, mapping, partial=False, keep_incomplete=False, go=False):
    """Have the rows checked with these columns. Returns the Import.

    mapping: header → field, "" to leave a column out. partial: faulty rows stop nobody.
    keep_incomplete: customers of whom only a name is known come too. go: carry it out at once when
    nothing stops it. Raises Refused where a field that is needed has no column.
    """
    table = Sealed(imported)
    kind, found, notes = fitted(KINDS[imported.kind], table, mapping)
    options = {"mapping": mapping, "partial": partial, "keep_incomplete": keep_incomplete, "go": go,
               "notes": notes}  # fmt: skip
    keys = None
    if kind.name != imported.kind or alike(found.taken) != alike(imported.options["columns"]):
        keys = Keys(kind, found, table, imported.source, mapping)
        options |= {"columns": found.taken, "facts": facts(kind, found, table)}

    def work(imported):
        imported.kind = kind.name
        if keys:
            renew(imported, keys, table)

    return imports.match(actor=actor, imported=imported, options=options, work=work)


def again(*, actor, imported, **wishes):
    """Check an import again with other wishes: partial, keep_incomplete, go."""
    options = imported.options
    kept = {name: options.get(name, False) for name in ("partial", "keep_incomplete")}
    mapping = options["mapping"] or said(options)
    return match(actor=actor, imported=imported, mapping=mapping, **(kept | wishes))


def said(options):
    """The columns of an import as if somebody had said them."""
    return {header: name for name, headers in options["columns"].items() for header in headers}


def alike(taken):
    return {name: sorted(headers) for name, headers in taken.items()}


def renew(imported, keys, table):
    """Give the sealed rows the keys that other columns make."""
    for chunk in chunks(zip(imported.rows.order_by("number").iterator(CHUNK), table, strict=True)):
        for row, read in chunk:
            row.key = keys.row(read)[1]
        bulk.update([row for row, _read in chunk], ["key"])


class Sealed:
    """The rows of an import in the shape of a table that has just been read."""

    def __init__(self, imported):
        self.imported, options = imported, imported.options
        self.headers, self.count = options["headers"], imported.read
        self.format = options.get("about", {}).get("format")
        self.remarks = options.get("remarks", [])

    def __iter__(self):
        for row in self.imported.rows.order_by("number").iterator(CHUNK):
            cells = imports.cells_of(self.imported, row)
            cells.pop(FAULTS, None)
            yield Row(row.number, {header: cells.get(header, "") for header in self.headers})
