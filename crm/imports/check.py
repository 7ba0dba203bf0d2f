"""Every row is understood and judged before any is written."""

from collections import Counter
from contextlib import suppress

from django.db.models import Count

from accounts.models import Person
from crm.imports.fields import Incomplete, Reason
from crm.imports.kinds.base import Item
from crm.imports.run import Run, may
from crm.models import Import, ImportRow, SourceKey
from crm.services import imports
from kit import bulk, jobs
from kit.errors import Conflict

CHUNK = 1_000
FAULTS = ""  # in place of a header, what was wrong with the row in the file
State, Outcome = Import.State, ImportRow.Outcome
RUNS = {}  # id of the import → what this process knows of it; lost without harm


def allowed(job):
    """Whether who asked may still import this kind of thing."""
    imported = Import.objects.select_related("made_by").get(pk=job.payload["import"])
    actor = Person.objects.get(pk=job.person_id) if job.person_id else imported.made_by
    return may(actor, Run(imported).kind)


@jobs.step(imports.CHECK, allowed=allowed)
def check_some(job):
    """Judge the next rows. What earlier rows said is in memory: without it, begin with the first."""
    imported = Import.objects.select_for_update().get(pk=job.payload["import"])
    checking = RUNS.get(imported.pk)
    if checking is None or job.payload.get("after") != checking.after:
        checking = RUNS[imported.pk] = Checking(imported)
        job.payload["after"] = job.done = 0
    rows = list(imported.rows.filter(number__gt=job.payload["after"]).order_by("number")[:CHUNK])
    if rows:
        checking.judge(rows)
        job.payload["after"] = checking.after = rows[-1].number
        job.done += len(rows)
        return False
    RUNS.pop(imported.pk)
    checking.conclude(imported)
    return True


class Checking:
    """One pass over the rows of an import."""

    def __init__(self, imported):
        self.run = Run(imported)
        self.kind, self.after = self.run.kind, 0
        self.above = {}  # key → key of the row of this file that it lies under
        self.outcomes, self.faulty, self.updates = Counter(), 0, 0
        self.met = {}  # key → digest of the row that had it first
        again = imported.rows.exclude(key="").values("key").annotate(n=Count("pk")).filter(n__gt=1)
        self.double = set(again.values_list("key", flat=True))

    def judge(self, rows):
        """Give each of these rows its outcome and its reasons."""
        items = [(row, item_of(self.run, row)) for row in rows]
        self.find_known(items)
        read = {row.pk: self.read(row, item) for row, item in items}
        self.run.prepare([item for _row, item in items])
        for row, item in items:
            self.decide(row, item, read[row.pk])
        bulk.update(rows, ["outcome", "remarks", "subject_id"])

    def find_known(self, items):
        """The source's keys of these rows, as far as it told of them before."""
        known = SourceKey.objects.filter(source=self.run.source, kind=self.kind.name)
        by_key = {one.key: one for one in known.filter(key__in=[row.key for row, _item in items])}
        for row, item in items:
            item.known = by_key.get(row.key) if row.key else None

    def read(self, row, item):
        """The reasons against the cells as such; None for a row that says what it said before."""
        if item.known and bytes(item.known.digest) == bytes(row.digest):
            return None
        return faults_of_file(item) + self.kind.read(item, self.run)

    def decide(self, row, item, reasons):
        row.subject_id = item.known.subject_id if item.known else None
        try:
            self.twice(row)
            if item.known:
                self.run.may_change(item)
            if reasons is None or self.met.get(row.key) == bytes(row.digest):
                row.outcome = Outcome.UNCHANGED
            elif reasons:
                self.refuse(row, reasons)
            else:
                self.kind.judge(item, self.run)
                self.note_above(item)
                row.outcome, row.remarks = Outcome.WAITING, item.remarks
                self.updates += bool(item.known)
        except Reason as reason:
            self.refuse(row, [reason])
        if row.key:
            self.met.setdefault(row.key, bytes(row.digest))
        self.outcomes[row.outcome] += 1

    def twice(self, row):
        """One key with two contents is no key. The same row again is nothing new."""
        first = self.met.get(row.key)
        if row.key in self.double and first is not None and first != bytes(row.digest):
            raise Reason("double_key", self.run.column("key"))
        if not row.key and "key" in self.run.columns.taken:
            raise Reason("missing", self.run.column("key"))

    def refuse(self, row, reasons):
        row.outcome = Outcome.REFUSED
        row.remarks = [reason.told() for reason in reasons]
        self.faulty += not all(isinstance(reason, Incomplete) for reason in reasons)

    def note_above(self, item):
        """Remember which row of this file an item lies under."""
        name = self.kind.within
        text = item.get(name) if name else None
        if text is not None and name not in item.found:
            self.above[item.key] = self.run.key_in_file(text)

    # -- the end -----------------------------------------------------------------------------------
    def conclude(self, imported):
        """Order the rows, count, and say whether the import may start; start it if that was asked."""
        self.order(imported)
        imported.refused = self.outcomes[Outcome.REFUSED]
        imported.accepted = imported.read - imported.refused
        imported.unchanged = self.outcomes[Outcome.UNCHANGED]
        imported.updated = self.updates
        imported.created = imported.accepted - imported.unchanged - self.updates
        imported.notes = [*imported.options["notes"], *self.notes(imported)]
        stopped = self.faulty and not imported.options.get("partial")
        imported.state = State.REFUSED if stopped else State.CHECKED
        if stopped:
            imported.created = imported.updated = imported.unchanged = 0
        imported.save()
        if not stopped and imported.options.get("go"):
            with suppress(Conflict):  # another one is at work: this one stays checked
                imports.start(actor=imported.made_by, imported=imported)
        else:
            imports.announce(imported, "checked")

    def notes(self, imported):
        taken = {header for headers in imported.options["columns"].values() for header in headers}
        headers = imported.options["headers"]
        ignored = [header for header in headers if header not in taken]
        found = []
        if ignored:
            found.append({"code": "ignored", "params": {"columns": ", ".join(ignored)}})
        if "key" in self.kind.by_name and "key" not in imported.options["columns"]:
            found.append({"code": "no_key"})
        return found

    def order(self, imported):
        """Rows to which others refer come first; who leads back to itself is refused."""
        depth = {}
        for key in self.above:
            path = []
            while key in self.above and key not in depth and key not in path:
                path.append(key)
                key = self.above[key]
            if key in path:
                self.refuse_circle(imported, path[path.index(key) :])
                continue
            base = depth.get(key, 0)
            for step, below in enumerate(reversed(path), start=1):
                depth[below] = base + step
        by_depth = {}
        for key, level in depth.items():
            by_depth.setdefault(level, []).append(key)
        for level, keys in by_depth.items():
            imported.rows.filter(key__in=keys).update(round=min(level, 32_000))

    def refuse_circle(self, imported, keys):
        told = Reason("circle", self.run.column(self.kind.within)).told()
        rows = imported.rows.filter(key__in=keys).exclude(outcome=Outcome.REFUSED)
        count = rows.update(outcome=Outcome.REFUSED, remarks=[told])
        self.outcomes[Outcome.REFUSED] += count
        self.faulty += count


def item_of(run, row):
    """A row at work."""
    return Item(row.number, row.key, imports.cells_of(run.imported, row), remarks=[])


def faults_of_file(item):
    """What was wrong with the row in the file itself."""
    return [
        Reason(f"file:{code}", column or "", **params)
        for code, column, params in item.cells.pop(FAULTS, [])
    ]
