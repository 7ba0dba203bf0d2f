"""A file becomes an Import: its columns are matched, its rows sealed and given their keys."""

import hashlib
import json
import os
from collections import Counter
from contextlib import closing, contextmanager
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from crm.imports import columns
from crm.imports.check import FAULTS
from crm.imports.kinds import KINDS
from crm.imports.run import may
from crm.models import Import, SourceKey
from crm.services import imports
from kit import cells, crypto, jobs, names, rows
from kit.errors import Conflict, NotAllowed, Refused

CHUNK = 1_000
BLOCK = 1 << 20
SAMPLE = 50_000  # different dates or numbers of a column that are looked at


@contextmanager
def opened_by(actor, kind, path, source):
    """(kind, source, table) of a file that the actor may import.

    kind: name of a kind. Raises NotAllowed, Refused, kit.rows.Unreadable.
    """
    kind = KINDS[kind]
    if not may(actor, kind):
        raise NotAllowed(_("This is not yours to import."))
    source = sound_source(source)
    with closing(rows.read(path)) as table:
        yield kind, source, table


def stage(*, actor, kind, path, source, options=None, told=None, file_name=None):
    """Read the file at `path` and have it checked by a job. Returns the Import.

    kind: name of a kind. source: the system the file is from, as the importer calls it. options:
    mapping (header → field), partial, keep_incomplete, go (carry out when checked without fault).
    told: called with (rows read, rows in all). An unfinished import of the same file with the same
    wishes is returned as it stands. Raises NotAllowed, Refused, Conflict, kit.rows.Unreadable.
    """
    with opened_by(actor, kind, path, source) as (kind, source, table):
        options = {"mapping": {}, "partial": False, "keep_incomplete": False} | (options or {})
        kind, found, notes = fitted(kind, table, options["mapping"])
        options |= {
            "columns": found.taken,
            "stager": jobs.me(),
            "notes": notes,
            "headers": table.headers,
        }
        keys = Keys(kind, found, table, source, options["mapping"])
        options["columns"] = found.taken
        options["facts"] = facts(kind, found, table)
        with transaction.atomic():
            imported, old = opened(
                actor, kind, source, file_name or os.path.basename(path), fingerprint(path), options
            )
        if old:
            return imported
        return fill(actor, imported, table, keys, told)


def sound_source(source):
    """The name of the source, tidy."""
    source = cells.plain(source)
    if not source or len(source) > Import._meta.get_field("source").max_length:
        raise Refused(
            _("Name the system the file is from, in 60 characters at most"), field="source"
        )
    return source


def fingerprint(path):
    """SHA-256 of the file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def opened(actor, kind, source, name, digest, options):
    """(Import, whether it was there before). One that was left while it was read is begun anew."""
    old = imports.same(actor, kind.name, source, digest, options)
    if old and old.job_id is None:
        if jobs.alive(old.options.get("stager", "")):
            raise Conflict(_("This file is being read by another process now."))
        imports.discard(actor=actor, imported=old)
        old = None
    if old:
        return old, True
    imported = imports.begin(
        actor=actor, kind=kind.name, source=source, file_name=name, digest=digest, options=options
    )
    return imported, False


def fill(actor, imported, table, keys, told):
    """Seal every row, a chunk at a time, and start the check."""
    waiting, read = iter(table), 0
    while chunk := list(islice(waiting, CHUNK)):
        with transaction.atomic():
            imports.stage(imported, [keys.row(row) for row in chunk])
        read += len(chunk)
        if told:
            told(read, table.count)
    imported.read = read
    imported.notes = imported.options["notes"]
    imported.save()
    return imports.check(actor=actor, imported=imported)


# -- columns --------------------------------------------------------------------------------------
def fitted(kind, table, mapping):
    """(kind, columns, notes): matched; refused where a field that is needed has no column."""
    found = columns.mapped(kind, table.headers, mapping)
    notes = [{"code": f"file:{code}", "params": params} for code, params in table.remarks]
    other = kind.instead(found)
    if other:
        kind, notes = KINDS[other], [*notes, {"code": "regions_read"}]
        found = columns.mapped(kind, table.headers, mapping)
    missing = kind.missing(found)
    if missing:
        raise Refused(
            _("No column was found for: %(fields)s. The columns of the file: %(columns)s")
            % {"fields": ", ".join(str(kind.field(name).label) for name in missing),
               "columns": ", ".join(table.headers)},
            field="mapping", code="needed",
        )  # fmt: skip
    return kind, found, notes


def facts(kind, found, table):
    """What each column of dates or numbers proves as a whole: header → order, decimal, serial."""
    proving = {header: (kind.field(name).read, set())
               for name, headers in found.taken.items() for header in headers
               if kind.field(name).read in ("day", "instant", "number")}  # fmt: skip
    for row in table if proving else ():
        for header, (_read, texts) in proving.items():
            if len(texts) < SAMPLE:
                texts.add(row.values.get(header, ""))
    result = {}
    for header, (read, texts) in proving.items():
        if read == "number":
            result[header] = {"decimal": cells.decimal_mark(texts)}
        else:
            result[header] = {"order": cells.day_order(texts), "serial": table.format == "xlsx"}
    return result


# -- keys -----------------------------------------------------------------------------------------
class Keys:
    """Under which key each row is known: that of its column, else one made of its content."""

    def __init__(self, kind, found, table, source, mapping):
        self.kind, self.columns, self.column = kind, found, ""
        self.mapped = {header for header, name in mapping.items() if name == "key"}
        self.told = mapping.keys()  # somebody has decided about these
        if "key" not in found.taken and "number" in found.taken:
            found.taken["key"] = found.taken.pop("number")  # the number is all the key there is
        if "key" in kind.by_name:
            self.column = self.choose(kind, found, table, source)
        self.times = Counter()
        self.alone = set() if self.column else self.unique(table)

    def choose(self, kind, found, table, source):
        """The column that holds the keys: that which meets the known ones best, else a unique one."""
        said = found.taken.get("key", [])
        if said and said[0] in self.mapped:
            return said[0]
        fitting = [header for header in columns.candidates(kind, "key", table.headers)
                   if header not in self.told and (header in said or header in found.ignored)]  # fmt: skip
        fitting = fitting or list(said)
        if not fitting:
            return ""
        texts = {header: [] for header in fitting}
        for row in table:
            for header in fitting:
                if text := cells.code(row.values.get(header, "")):
                    texts[header].append(text)
        best = max(
            fitting, key=lambda header: (met(kind, source, texts[header]), -fitting.index(header))
        )
        if not met(kind, source, texts[best]):
            share = 9 if len(fitting) > 1 else 5
            best = next((one for one in fitting if is_key(texts[one], table.count, share)), "")
        found.taken.pop("key", None)
        found.ignored = sorted({*found.ignored, *fitting} - {best}, key=table.headers.index)
        if best:
            found.taken["key"] = [best]
        return best

    def unique(self, table):
        """The contents that only one row has: they are known again by less than all of it."""
        counted = Counter(self.content(row.values) for row in table)
        return {content for content, times in counted.items() if times == 1}

    def row(self, row):
        """What is kept of a row: number, key, digest, cells; what is wrong with the file's row too."""
        told = dict(row.values)
        body = json.dumps([told, row.extra], ensure_ascii=False, sort_keys=True)
        digest = crypto.blind_index(f"row:{body}")
        if row.faults:
            told[FAULTS] = [[fault.code, fault.column, fault.params] for fault in row.faults]
        return row.number, self.key(row.values, body)[:200], digest, told

    def key(self, values, body):
        if self.column:
            return cells.code(values.get(self.column, ""))
        content = self.content(values)
        if self.kind.natural and content in self.alone:
            return made_key(content)
        more = self.content(values, self.kind.natural_more) if self.kind.natural else body
        content = (content, more)
        self.times[content] += 1
        return made_key(content, self.times[content])

    def content(self, values, natural=None):
        """The cells by which a row without key is known again."""
        headers = [header for name in (natural or self.kind.natural)
                   for header in self.columns.taken.get(name, [])]  # fmt: skip
        return tuple(names.fold(cells.name(values.get(header, ""))) for header in headers)


def met(kind, source, texts):
    """How many of these keys the source has used already."""
    known = SourceKey.objects.filter(source=source, kind=kind.name)
    return known.filter(key__in=texts).count() if texts and known.exists() else 0


def is_key(texts, count, share):
    """Whether a column can be the key: most rows have a value, and `share` tenths are different."""
    return len(texts) * 2 >= count and len(set(texts)) * 10 >= len(texts) * share


def made_key(*parts):
    """A key made of content: it tells nothing of it."""
    return "=" + crypto.blind_index(json.dumps(parts, ensure_ascii=False)).hex()
