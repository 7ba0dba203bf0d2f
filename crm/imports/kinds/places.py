"""Regions, and which of our people looks after which."""

from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.audit import initial, record_many
from crm.imports.fields import Field, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, known
from crm.models import Region, Territory
from kit import bulk, names

ENTITY = ("region", "territory", "area", "district", "地区", "区域", "大区")


class Regions(Kind):
    name = "regions"
    label = _("Regions")
    action = changes = Action.ORG_EDIT
    entity = ENTITY
    natural = ("name",)
    natural_more = ("parent",)
    within = "parent"
    needs = (("name", "key"),)
    fields = (
        Field("key", _("Key"), (*words.KEY, "zip code", "postal code"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("name", _("Name"), ("name", "description", "title", "region", "territory", "area", "名称", "地区", "区域", "大区", "区域名称"), read="name", longest=80),
        Field("parent", _("Belongs to"), ("parent", "parent id", "parent region", "parent region id", "region id", "region", "upper", "上级", "上级区域", "所属大区"), read="code", refers="regions"),
    )  # fmt: skip

    def about(self, headers):
        """The word that most headers begin with is what the file is about; the others it refers to."""
        from kit.headers import words as lower

        counted = {word: sum(lower(h).startswith(word) for h in headers) for word in ENTITY}
        best = max(ENTITY, key=counted.get)
        return (best,) if counted[best] else ENTITY

    def check(self, item, run):
        if not item.get("name") and not item.key:
            raise Reason("missing", run.column("name"))
        self.parent(item, run)

    def parent(self, item, run):
        """The region above; a source that has told of no regions yet may name any."""
        return run.refer(item, "parent", needed=run.knew_regions)

    def values(self, item, run):
        name = item.get("name") or item.key
        values = {"name": name, "name_zh": name if names.HAN.search(name) else ""}
        return values | {"parent_id": self.parent(item, run)}

    def create(self, run, items):
        rows = bulk.insert([Region(**self.values(item, run)) for item in items])
        record_many([{"subject": row, "changes": initial(row, {"name", "parent"})} for row in rows])
        for item, row in zip(items, rows, strict=True):
            item.became(row)
            item.written = run.digests(self.values(item, run))
            run.remember(self.name, item.key, row.pk)

    def update(self, run, items):
        run.change(items, known(Region.objects.all(), items), self.values)


class Territories(Kind):
    name = "territories"
    label = _("Territories")
    action = changes = Action.ORG_EDIT
    entity = ()
    natural = ("person", "region")
    needs = ("person", "region")
    fields = (
        Field("key", _("Key"), ("id", "key", "record id", "编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("person", _("Person"), words.PERSON, read="code", refers="employees"),
        Field("region", _("Region"), ("territory", "territory id", "region", "region id", "area", "area id", "district", "territory code", "territory name", "region name", "区域", "区域编号", "地区", "大区", "负责区域"), read="code", refers="regions"),
        Field("started_on", _("Since"), words.SINCE, read="day"),
        Field("ended_on", _("Until"), words.UNTIL, read="day"),
    )  # fmt: skip

    def instead(self, found):
        """A list of territories without people is one of regions."""
        return "" if "person" in found.taken else "regions"

    def check(self, item, run):
        self.demand(item, run, "person", "region")
        run.refer(item, "person")
        if run.knows_regions:
            run.refer(item, "region")
        self.demand_order(item, run)

    def values(self, item, run):
        region = item.found.get("region") or run.region([item.given["region"]], item)
        values = {"person_id": run.refer(item, "person"), "region_id": region}
        return values | {name: item.get(name) for name in ("started_on", "ended_on")}

    def create(self, run, items):
        wanted, rows = [self.values(item, run) for item in items], []
        open_ones = Territory.objects.filter(ended_on=None)
        there = {(row.person_id, row.region_id): row for row in open_ones}
        for values in wanted:
            pair = (values["person_id"], values["region_id"])
            row = there.get(pair) if values["ended_on"] is None else None
            if row is None:
                row = Territory(**values)
                if values["ended_on"] is None:
                    there[pair] = row
            rows.append(row)
        new = list({id(row): row for row in rows if row.pk is None}.values())
        bulk.insert(new)
        record_many([
            {"subject": row, "changes": initial(row, {"person", "region", "started_on", "ended_on"})}
            for row in new
        ])  # fmt: skip
        fresh = {row.pk for row in new}
        for item, row, values in zip(items, rows, wanted, strict=True):
            item.subject_id = row.pk
            if row.pk in fresh:
                item.made.append(("crm.territory", row.pk))
                fresh.discard(row.pk)
            item.written = run.digests(values)

    def update(self, run, items):
        run.change(items, known(Territory.objects.all(), items), self.values)
