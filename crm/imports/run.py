"""One import at work: its columns, what they prove, and the rows of ours that its cells refer to."""

from django.utils.functional import cached_property

from accounts.access import Action, Reach, can, reach
from accounts.audit import record_many
from accounts.models import Company, Person
from crm.imports import kinds
from crm.imports.columns import Columns
from crm.imports.fields import Reason, plain
from crm.imports.places import Places
from crm.imports.references import MODELS, References
from crm.models import (
    SourceKey,
)
from crm.services import duplicates
from crm.services.imports import cells_of
from kit import bulk, cells, crypto, limits, names
from kit.dates import company_zone

__all__ = ["MODELS", "Run", "digest", "may"]


def digest(value):
    """A short keyed digest: says whether a value is still the same, and nothing else."""
    return crypto.blind_index(f"written:{plain(value)}").hex()[:12]


class Run(References, Places):
    """The import, its kind, whose rights it has, and what it looks up on the way."""

    def __init__(self, imported):
        self.imported, self.source = imported, imported.source
        self.kind = kinds.KINDS[imported.kind]
        self.actor = imported.made_by
        self.options = imported.options
        self.columns = Columns(taken=imported.options["columns"])
        self.company = Company.objects.get(pk=1)
        self.zone = company_zone()
        self.seen = {}  # (kind, key) → id
        self.notes = dict(imported.options.get("counts", {}))
        self.changeable = set()

    # -- what the file says of itself ------------------------------------------------------------
    def facts_of(self, header):
        """What a column as a whole proves: order of dates, decimal sign; and where we are."""
        facts = self.options.get("facts", {}).get(header, {})
        return {"zone": self.zone, "country": self.company.country, "serial": False} | facts

    def column(self, name):
        """The header from which a field was read, for reasons."""
        return self.columns.first(name)

    def note(self, code, count=1):
        """Count something that is told of the import as a whole."""
        self.notes[code] = self.notes.get(code, 0) + count

    def all_cells(self):
        """(number, key, cells) of every row of this file."""
        for row in self.imported.rows.order_by("number").iterator(chunk_size=1_000):
            yield row.number, row.key, cells_of(self.imported, row)

    # -- what is written --------------------------------------------------------------------------
    @cached_property
    def for_all(self):
        """Whether the importer writes for the whole company."""
        return reach(self.actor, Action.IMPORT_RUN) == Reach.ALL

    def change(self, items, rows, values):
        """Change known rows in the plain way: what differs, a new version, an entry of the trail.

        rows: id → row, locked. values: function of item and run → field → new value.
        """
        entries = []
        for row, wanted in self.changed(items, rows, values):
            changes = {name: (getattr(row, name), new) for name, new in wanted.items()}
            for name, new in wanted.items():
                setattr(row, name, new)
            if hasattr(row, "version"):
                row.version += 1
            row.save()
            hidden = {"note"} & changes.keys()
            entries.append({"subject": row, "changes": changes, "personal": hidden,
                            "customer": getattr(row, "customer_id", None)})  # fmt: skip
        record_many(entries)

    def changed(self, items, rows, values):
        """Of known rows those that change: (row, field → new value), noted with their items.

        rows: id → row, locked. values: function of item and run → field → new value.
        """
        for item in items:
            row = rows[item.known.subject_id]
            item.subject_id = row.pk
            if wanted := self.to_write(item, row, values(item, self)):
                item.changes(row, wanted)
                yield row, wanted

    @cached_property
    def active(self):
        """Ids of the people who can be given customers."""
        return set(Person.objects.filter(state=Person.State.ACTIVE).values_list("pk", flat=True))

    def asked_enough(self):
        """Whether as many names have been found to be known as one person may learn in an hour."""
        budget = f"duplicates:{self.actor.pk}"
        return limits.used(budget, window=duplicates.WINDOW) >= duplicates.CHECKS

    def ask(self):
        """Count a name that was found to be known."""
        limits.spend(
            f"duplicates:{self.actor.pk}", limit=duplicates.CHECKS, window=duplicates.WINDOW
        )

    # -- told at the end -------------------------------------------------------------------------
    def told(self):
        """The counted remarks."""
        return [
            {"code": code, "params": {"count": count}} for code, count in sorted(self.notes.items())
        ]

    def same_names(self, fields):
        """Say of rows with the same name, and nothing to tell them apart, that they may be doubles."""
        met, rows = {}, {}
        for number, _key, told in self.all_cells():
            headers = [header for name in fields for header in self.columns.taken.get(name, [])]
            content = tuple(names.fold(cells.name(told.get(header, ""))) for header in headers)
            if any(content[:1]):
                met.setdefault(content, []).append(number)
        for numbers in met.values():
            for number in numbers if len(numbers) > 1 else ():
                other = next(one for one in numbers if one != number)
                rows[number] = Reason("same_name", self.column("name"), row=other).told()
        written = list(
            self.imported.rows.filter(number__in=rows, outcome__in=["created", "updated"])
        )
        for row in written:
            row.remarks = [*row.remarks, rows[row.number]]
        bulk.update(written, ["remarks"])
        if written:
            self.notes["same_names"] = len(written)

    def no_longer(self):
        """Count what the source told of before and does not tell of any more."""
        mine = SourceKey.objects.filter(source=self.source, kind=self.kind.name)
        here = self.imported.rows.exclude(key="").values("key")
        if count := mine.exclude(key__in=here).count():
            self.notes["no_longer"] = count

    def digests(self, values):
        """What a row writes, as it is remembered: field → digest."""
        return {name: digest(value) for name, value in values.items() if value not in (None, "")}

    def to_write(self, item, row, values):
        """Of new values for a row of ours, those that nobody has changed here since the last import.

        A value that a person put in place of the file's is kept; where the file has another one
        again, that is said.
        """
        wanted, last = {}, item.known.written if item.known else {}
        for name, new in values.items():
            if new in (None, ""):
                continue
            now = getattr(row, row._meta.get_field(name).attname)
            item.written[name] = digest(new)
            if plain(now) == plain(new):
                continue
            if now in (None, "") or last.get(name) == digest(now):
                wanted[name] = new
                continue
            item.written[name] = last.get(name, "")
            if last.get(name) != digest(new):
                item.remark("kept_here", self.column(name), field=name)
        return wanted


def may(actor, kind):
    """Whether somebody may import this kind of thing."""
    far = reach(actor, Action.IMPORT_RUN)
    return far == Reach.ALL or (far != Reach.NONE and can(actor, kind.action))
