"""One import at work: its columns, what they prove, and the rows of ours that its cells refer to."""

from django.db.models import Q
from django.utils.functional import cached_property

from accounts.access import Action, Reach, can, reach
from accounts.audit import record_many
from accounts.models import Company, Person, Unit
from accounts.services import org
from crm.imports import kinds
from crm.imports.columns import Columns
from crm.imports.fields import Reason, plain
from crm.models import (
    Activity,
    Assignment,
    Contact,
    Customer,
    Import,
    Industry,
    Order,
    OrderLine,
    Payment,
    Position,
    Region,
    SourceKey,
    Territory,
)
from crm.services import duplicates
from crm.services.imports import cells_of
from kit import bulk, cells, crypto, limits, names
from kit.dates import company_zone, start_of_day

Kind = Import.Kind
NAMED = {
    Kind.CUSTOMERS: Customer, Kind.CONTACTS: Contact, Kind.EMPLOYEES: Person, Kind.REGIONS: Region,
    Kind.TEAMS: Unit,
}  # fmt: skip
MODELS = NAMED | {
    Kind.ORDERS: Order, Kind.TERRITORIES: Territory, Kind.RELATIONS: Position, Kind.SEATS: Assignment,
    Kind.ACTIVITIES: Activity, Kind.ORDER_LINES: OrderLine, Kind.PAYMENTS: Payment,
}  # fmt: skip


def digest(value):
    """A short keyed digest: says whether a value is still the same, and nothing else."""
    return crypto.blind_index(f"written:{plain(value)}").hex()[:12]


class Run:
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

    def key_in_file(self, text):
        """The key of the row of this file that a reference means: the text is it, or a name."""
        return (
            text if text in self.own_keys else self.names_in_file.get(names.fold(cells.name(text)))
        )

    @cached_property
    def names_in_file(self):
        """Folded name → key, of the rows whose name is theirs alone."""
        headers, found, twice = self.columns.taken.get("name", []), {}, set()
        for _number, key, told in self.all_cells() if headers else ():
            name = names.fold(cells.name(told.get(headers[0], "")))
            twice |= {name} & found.keys()
            found[name] = key
        return {name: key for name, key in found.items() if name and name not in twice}

    def column(self, name):
        """The header from which a field was read, for reasons."""
        return self.columns.first(name)

    def note(self, code, count=1):
        """Count something that is told of the import as a whole."""
        self.notes[code] = self.notes.get(code, 0) + count

    @cached_property
    def own_keys(self):
        """Keys of the rows of this file that are not refused."""
        rows = self.imported.rows.exclude(outcome="refused")
        return set(rows.values_list("key", flat=True))

    def all_cells(self):
        """(number, key, cells) of every row of this file."""
        for row in self.imported.rows.order_by("number").iterator(chunk_size=1_000):
            yield row.number, row.key, cells_of(self.imported, row)

    # -- references ------------------------------------------------------------------------------
    @cached_property
    def knows_people(self):
        """Whether this source has told of its people; if not, all it names are from outside."""
        return SourceKey.objects.filter(source=self.source, kind=Kind.EMPLOYEES).exists()

    @cached_property
    def knows_regions(self):
        return SourceKey.objects.filter(source=self.source, kind=Kind.REGIONS).exists()

    @cached_property
    def knew_regions(self):
        """Whether the source told of regions before this import."""
        told = SourceKey.objects.filter(source=self.source, kind=Kind.REGIONS)
        return told.exclude(made_in=self.imported).exists()

    def prepare(self, items):
        """Look up everything these rows refer to, in one statement a kind."""
        self.own(items)
        wanted = {}
        for item in items:
            for _name, kind, text in self.references(item):
                wanted.setdefault(kind, set()).add(text)
        for kind, texts in wanted.items():
            self.look_up(kind, {text for text in texts if (kind, text) not in self.seen})
        for item in items:
            for name, kind, text in self.references(item):
                if found := self.seen.get((kind, text)):
                    item.found[name] = found

    def references(self, item):
        """(field, kind, text) of each reference of a row."""
        for spec in self.kind.fields:
            if spec.refers and (text := item.get(spec.name)):
                yield spec.name, spec.refers, text

    def look_up(self, kind, texts):
        """Find rows of ours by the source's keys, else by a name that only one of its rows has."""
        keys = SourceKey.objects.filter(source=self.source, kind=kind, key__in=texts)
        found = dict(keys.values_list("key", "subject_id"))
        rest = texts - found.keys()
        if rest and kind in NAMED:
            found |= self.by_name(kind, rest)
        for text, pk in self.reachable(kind, found).items():
            self.seen[kind, text] = pk

    def by_name(self, kind, texts):
        """Rows of this source with exactly this name, where it is one row."""
        mine = SourceKey.objects.filter(source=self.source, kind=kind).values("subject_id")
        wanted = {cells.name(text): text for text in texts}
        rows = NAMED[kind].objects.filter(pk__in=mine, name__in=wanted)
        found, twice = {}, set()
        for pk, name in rows.values_list("pk", "name"):
            twice |= {name} & found.keys()
            found[name] = pk
        return {wanted[name]: pk for name, pk in found.items() if name not in twice}

    @cached_property
    def for_all(self):
        """Whether the importer writes for the whole company."""
        return reach(self.actor, Action.IMPORT_RUN) == Reach.ALL

    def reachable(self, kind, found):
        """Of the rows found, those the importer may change; the others are as unknown as any."""
        if self.for_all or not found:
            return found
        rows = None
        if kind in (Kind.CUSTOMERS, Kind.CONTACTS):
            rows = MODELS[kind].objects.visible_to(self.actor, Action.CUSTOMER_EDIT)
        if kind == Kind.ORDERS:
            rows = Order.objects.visible_to(self.actor, Action.TRADE_EDIT)
        if rows is None:
            return found
        seen = set(rows.filter(pk__in=found.values()).values_list("pk", flat=True))
        return {text: pk for text, pk in found.items() if pk in seen}

    def remember(self, kind, key, pk):
        """A row made on the way, for those that refer to it later."""
        self.seen[kind, key] = pk

    def refer(self, item, name, *, needed=True):
        """The id a field of the row refers to; None where the cell is empty. Raises Reason."""
        text = item.get(name)
        if text is None:
            return None
        if name in item.found:
            return item.found[name]
        spec = self.kind.field(name)
        if spec.refers == self.kind.name and self.key_in_file(text):
            return None  # comes with this file
        if not needed:
            item.remark("unknown", self.column(name))
            return None
        raise Reason("unknown", self.column(name))

    def person(self, item, name):
        """The id of one of our people, or None for somebody outside. Raises Reason."""
        if item.get(name) is None:
            return None
        if not self.knows_people:
            return None
        return self.refer(item, name)

    # -- places and words ------------------------------------------------------------------------
    @cached_property
    def regions(self):
        """(parent, folded name) → id of every region."""
        rows = Region.objects.values_list("parent_id", "name", "name_zh", "pk").order_by("-pk")
        found = {}
        for parent, name, chinese, pk in rows:
            found[parent, names.fold(name)] = pk
            if chinese:
                found[parent, names.fold(chinese)] = pk
        return found

    def region(self, path, item):
        """The region at the end of a path of names, made as far as it is not there."""
        parent = None
        for name in path:
            name = name[:80]
            pk = self.regions.get((parent, names.fold(name)))
            if pk is None:
                made = Region.objects.create(parent_id=parent, name=name, name_zh=chinese(name))
                pk = self.regions[parent, names.fold(name)] = made.pk
                item.made.append(("crm.region", pk))
            parent = pk
        return parent

    @cached_property
    def industries(self):
        rows = Industry.objects.values_list("name", "name_zh", "pk").order_by("-pk")
        return {names.fold(word): pk for name, zh, pk in rows for word in (name, zh) if word}

    def industry(self, name, item):
        """The industry of this name, made where it is not there."""
        name = name[:80]
        pk = self.industries.get(names.fold(name))
        if pk is None:
            made = Industry.objects.create(name=name, name_zh=chinese(name))
            pk = self.industries[names.fold(name)] = made.pk
            item.made.append(("crm.industry", pk))
        return pk

    @cached_property
    def root(self):
        """The unit on top; an empty installation gets it here."""
        top = Unit.objects.filter(parent=None).first()
        if top is None:
            values = {"name": self.company.name, "name_zh": self.company.name_zh}
            values |= {"kind": Unit.Kind.COMPANY, "function": Unit.Function.OFFICE}
            top = org.create_unit(actor=Person.objects.system(), parent=None, values=values)
        return top

    @cached_property
    def home(self):
        """The unit that answers for what nobody holds: that of who imports, else the top."""
        from accounts.selectors.org import home_unit

        return home_unit(self.actor) or self.root

    def within_reach(self, customer_ids):
        """Of these customers, those the importer may change."""
        if self.for_all:
            return set(customer_ids)
        rows = Customer.objects.visible_to(self.actor, Action.CUSTOMER_EDIT)
        return set(rows.filter(pk__in=customer_ids).values_list("pk", flat=True))

    # -- rights over what is known already --------------------------------------------------------
    def own(self, items):
        """Note which known rows the importer may change."""
        ids = {item.known.subject_id for item in items if item.known}
        if not self.for_all and ids:
            rows = MODELS[self.kind.name]._default_manager.visible_to(self.actor, self.kind.changes)
            self.changeable |= set(rows.filter(pk__in=ids).values_list("pk", flat=True))

    def may_change(self, item):
        """Raises Reason, which tells nothing of whose the row is."""
        if not self.for_all and item.known.subject_id not in self.changeable:
            raise Reason("not_for_you", self.column("key"))

    def change(self, items, rows, values):
        """Change known rows in the plain way: what differs, a new version, an entry of the trail.

        rows: id → row, locked. values: function of item and run → field → new value.
        """
        entries = []
        for item in items:
            row = rows[item.known.subject_id]
            item.subject_id = row.pk
            wanted = self.to_write(item, row, values(item, self))
            if not wanted:
                continue
            before = {name: getattr(row, name) for name in wanted}
            for name, new in wanted.items():
                setattr(row, name, new)
            if hasattr(row, "version"):
                row.version += 1
            row.save()
            item.changed.append((row._meta.label_lower, row.pk, {
                name: (plain(before[name]) or None, plain(new)) for name, new in wanted.items()
            }))  # fmt: skip
            changes = {name: (before[name], new) for name, new in wanted.items()}
            hidden = {"note"} & changes.keys()
            entries.append({"subject": row, "changes": changes, "personal": hidden,
                            "customer": getattr(row, "customer_id", None)})  # fmt: skip
        record_many(entries)

    def add_key(self, kind, name, pk):
        """A key for a row that a file names without listing it."""
        from crm.imports.staging import made_key

        SourceKey.objects.create(
            source=self.source, kind=kind, key=made_key((names.fold(cells.name(name)),)),
            subject_id=pk, digest=b"", made_in=self.imported,
        )  # fmt: skip

    def start(self, day):
        """The first instant of a day, where the company is."""
        return start_of_day(day, self.zone)

    def customer_of_order(self, order):
        """The customer of an order, or None."""
        if order is not None and ("of", order) not in self.seen:
            found = Order.objects.filter(pk=order).values_list("customer", flat=True)
            self.seen["of", order] = found.first()
        return self.seen.get(("of", order))

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

    # -- what was written last -------------------------------------------------------------------
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


def chinese(name):
    """The name again where it is Chinese."""
    return name if names.HAN.search(name) else ""


def may(actor, kind):
    """Whether somebody may import this kind of thing."""
    far = reach(actor, Action.IMPORT_RUN)
    return far == Reach.ALL or (far != Reach.NONE and can(actor, kind.action))


def foreign(actor):
    """Condition: customers the actor does not see."""
    return ~Q(pk__in=Customer.objects.visible_to(actor).values("pk"))
