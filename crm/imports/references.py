"""The rows of ours that the cells of a file refer to."""

from django.utils.functional import cached_property

from accounts.access import Action
from accounts.models import Person, Unit
from crm.imports.fields import Reason
from crm.models import (
    Activity,
    Assignment,
    Contact,
    Customer,
    Import,
    Order,
    OrderLine,
    Payment,
    Position,
    Region,
    SourceKey,
    Territory,
)
from kit import cells, names

Kind = Import.Kind
NAMED = {
    Kind.CUSTOMERS: Customer, Kind.CONTACTS: Contact, Kind.EMPLOYEES: Person, Kind.REGIONS: Region,
    Kind.TEAMS: Unit,
}  # fmt: skip
MODELS = NAMED | {
    Kind.ORDERS: Order, Kind.TERRITORIES: Territory, Kind.RELATIONS: Position, Kind.SEATS: Assignment,
    Kind.ACTIVITIES: Activity, Kind.ORDER_LINES: OrderLine, Kind.PAYMENTS: Payment,
}  # fmt: skip


class References:
    """The part of a run that looks up keys of the source; a mixin of `Run`."""

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
        if spec.refers == self.kind.name and (key := self.key_in_file(text)):
            if key in self.refused_keys:
                item.remark("left_out", self.column(name))
            return None  # comes with this file, or does not come at all
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

    @cached_property
    def own_keys(self):
        """Keys of the rows of this file."""
        return set(self.imported.rows.values_list("key", flat=True))

    @cached_property
    def refused_keys(self):
        """Of these, the ones that were refused when the run began."""
        return set(self.imported.rows.filter(outcome="refused").values_list("key", flat=True))

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

    def add_key(self, kind, name, pk):
        """A key for a row that a file names without listing it."""
        from crm.imports.staging import made_key

        SourceKey.objects.create(
            source=self.source, kind=kind, key=made_key((names.fold(cells.name(name)),)),
            subject_id=pk, digest=b"", made_in=self.imported,
        )  # fmt: skip

    def customer_of_order(self, order):
        """The customer of an order, or None."""
        if order is not None and ("of", order) not in self.seen:
            found = Order.objects.filter(pk=order).values_list("customer", flat=True)
            self.seen["of", order] = found.first()
        return self.seen.get(("of", order))

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
