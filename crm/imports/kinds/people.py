"""Our people and the units they work in."""

import re

from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Role
from accounts.models import Membership, Person, Unit
from accounts.services import org, people
from crm.imports.fields import Field, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, name_of
from kit import names
from kit.dates import plausible, start_of_day, today

ASCII = re.compile(r"[^a-z0-9]+")
TEAM = ("team", "department", "office", "regional office", "branch", "group", "division", "unit", "sales team", "team name", "department name", "部门", "所属部门", "团队", "小组", "办事处", "分公司", "所在部门", "组织")  # fmt: skip
MANAGER = ("manager", "manager id", "manager name", "reports to", "reports to id", "supervisor", "supervisor id", "boss", "lead", "team lead", "line manager", "上级", "直属上级", "主管", "经理", "汇报对象", "上级编号", "直接上级")  # fmt: skip


class Employees(Kind):
    name = "employees"
    label = _("Employees")
    action = changes = Action.PERSON_EDIT
    entity = ("employee", "staff", "sales agent", "agent", "sales rep", "rep", "user", "member", "salesperson", "person", "员工", "人员", "职员", "成员", "用户")  # fmt: skip
    natural = ("name", "first_name", "last_name")
    within = "manager"
    needs = (("name", "last_name", "first_name"),)
    fields = (
        Field("key", _("Key"), (*words.KEY, "工号", "员工编号", "employee number", "badge"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("name", _("Name"), ("name", "full name", "display name", "sales agent", "agent", "sales rep", "rep", "salesperson", "employee", "user", "姓名", "员工姓名", "名称", "员工", "中文名", "销售", "业务员"), read="name", longest=80),
        Field("first_name", _("First name"), words.FIRST_NAME, read="name", longest=80),
        Field("last_name", _("Last name"), words.LAST_NAME, read="name", longest=80),
        Field("latin_name", _("Name in Latin script"), ("latin name", "english name", "英文名", "拼音"), read="name", longest=80),
        Field("title", _("Post"), ("title", "job title", "position", "post", "designation", "job role", "role", "职务", "职位", "岗位"), read="name", longest=80),
        Field("email", _("Email"), words.MAIL, read="mails"),
        Field("joined_on", _("Joined on"), ("joined on", "hire date", "hired on", "hired", "date of joining", "joining date", "start date", "入职日期", "入职时间", "到岗日期"), read="day"),
        Field("manager", _("Manager"), MANAGER, read="code", refers="employees"),
        Field("team", _("Team or office"), TEAM, read="name", longest=80),
    )  # fmt: skip

    def check(self, item, run):
        self.demand_name(name_of(item), run, 80)
        joined_on = item.get("joined_on")
        if joined_on and not plausible(joined_on):
            raise Reason("too_early" if joined_on < today() else "future", run.column("joined_on"))
        if not self.may_add_managers(run):
            run.refer(item, "manager")

    def may_add_managers(self, run):
        """In a file that names people only, a manager who is not listed is one of us all the same."""
        return not run.column("key")

    # -- writing ---------------------------------------------------------------------------------
    def create(self, run, items):
        for item in items:
            person = self.add(run, item, name_of(item), self.values(item, run))
            item.subject_id = person.pk
            item.written = run.digests(self.values(item, run))
            run.remember(self.name, item.key, person.pk)
            run.remember(self.name, name_of(item), person.pk)
            self.place(run, item, person)

    def values(self, item, run):
        """Field → value of the person."""
        mails = [mail.address for mail in item.get("email", []) if not mail.faults]
        values = {"name": name_of(item), "email": mails[0] if mails else None}
        values |= {name: item.get(name) for name in ("latin_name", "title", "joined_on")}
        return {name: value for name, value in values.items() if value}

    def add(self, run, item, name, values):
        """A person who cannot sign in until somebody invites them."""
        if values.get("email") and Person.objects.filter(email__iexact=values["email"]).exists():
            item.remark("email_taken", run.column("email"))
            values = {key: value for key, value in values.items() if key != "email"}
        heads = names.fold(name) in self.heads(run) or item.key in self.heads(run)
        role = Role.TEAM_LEAD if heads else Role.REP
        values = values | {"username": username(name, values.get("email")), "roles": [role]}
        values |= {"language": "zh-hans" if names.HAN.search(name) else "en"}
        person = people.create(actor=run.actor, values=values)
        item.made.append(("accounts.person", person.pk))
        return person

    def heads(self, run):
        """Keys and folded names of those to whom others of the file report."""
        if not hasattr(run, "heads"):
            header = run.column("manager")
            told = {cells.get(header, "") for _n, _k, cells in run.all_cells()} if header else set()
            run.heads = told | {names.fold(text) for text in told}
        return run.heads

    def place(self, run, item, person):
        """Put a person where they work: below their manager, else in their team, else on top."""
        manager = self.manager(run, item)
        office = team(run, item) if item.get("team") else None
        unit = self.unit_of(run, item, manager, office) if manager else office or run.root
        since = self.since(run, person)
        if {item.key, names.fold(person.name)} & self.heads(run):
            head(run, item, unit, person, since)
        else:
            made = org.join(actor=run.actor, unit=unit, person=person, since=since)
            item.made.append(("accounts.membership", made.pk))

    def since(self, run, person):
        """The instant from which a place counts: the first day, where the company itself imports."""
        if (
            person.joined_on
            and Role.SYSTEM in run.actor.roles
            and person.joined_on <= today(run.zone)
        ):
            return start_of_day(person.joined_on, run.zone)
        return None

    def manager(self, run, item):
        """The person this one reports to; who is only named is added."""
        text = item.get("manager")
        if text is None:
            return None
        pk = item.found.get("manager") or run.seen.get((self.name, text))
        if pk is None and not self.may_add_managers(run):
            return run.refer(item, "manager")  # says so; who was refused manages nobody
        if pk is None:
            run.note("managers")
            person = self.add(run, item, text, {"name": text[:80]})
            pk = person.pk
            run.remember(self.name, text, pk)
            run.add_key(self.name, text, pk)
        return Person.objects.get(pk=pk)

    def unit_of(self, run, item, manager, office):
        """The unit a manager heads; made below their own place, or below the office of their people."""
        headed = Membership.objects.at().filter(person=manager, post="head").select_related("unit")
        row = headed.first()
        if row:
            return row.unit
        return head(
            run, item, office or place_of(manager) or run.root, manager, self.since(run, manager)
        )

    def update(self, run, items):
        for item in items:
            person = Person.objects.get(pk=item.known.subject_id)
            item.subject_id = person.pk
            wanted = run.to_write(item, person, self.values(item, run))
            if wanted:
                item.changes(person, wanted)
                people.edit(actor=run.actor, person=person, values=wanted)
            self.move(run, item, person)

    def move(self, run, item, person):
        """Who reports to somebody else now works there from now on; who leads people takes them along."""
        manager = self.manager(run, item)
        office = team(run, item) if item.get("team") else None
        unit = self.unit_of(run, item, manager, office) if manager else office
        rows = {
            row.post: row
            for row in Membership.objects.at().filter(person=person).select_related("unit")
        }
        if unit is None or not rows:
            return
        if "head" in rows:
            mine = rows["head"].unit
            if mine.parent_id != unit.pk and mine.pk != unit.pk:
                org.move(actor=run.actor, unit=mine, parent=unit)
        elif rows["member"].unit_id != unit.pk:
            org.join(actor=run.actor, unit=unit, person=person)


def place_of(person):
    """The unit somebody is a member of."""
    row = (
        Membership.objects.at().filter(person=person, post="member").select_related("unit").first()
    )
    return row and row.unit


def head(run, item, parent, person, since):
    """A unit of this person's own below `parent`, which they head."""
    name = f"Team {person.name}"[:80]
    chinese = f"{person.name}团队" if names.HAN.search(person.name) else ""
    unit = unit_named(run, item, parent, name, chinese, Unit.Kind.TEAM)
    org.set_head(actor=run.actor, unit=unit, person=person, since=since)
    row = Membership.objects.get(unit=unit, person=person, post="head", period__upper_inf=True)
    item.made.append(("accounts.membership", row.pk))
    return unit


def team(run, item):
    """The unit that the file names, below the top."""
    name = item.given["team"]
    return unit_named(
        run, item, run.root, name, name if names.HAN.search(name) else "", Unit.Kind.DEPARTMENT
    )


def unit_named(run, item, parent, name, chinese, kind):
    """The unit of this name below `parent`, made where it is not there."""
    found = Unit.objects.filter(parent=parent, name__iexact=name).first()
    if found is None:
        values = {"name": name, "name_zh": chinese, "kind": kind}
        found = org.create_unit(actor=run.actor, parent=parent, values=values)
        item.made.append(("accounts.unit", found.pk))
    return found


def username(name, email):
    """A free user name: of the mail address, else of the name."""
    base = (email or "").partition("@")[0].lower() or ".".join(names.syllables(name, True))
    base = ASCII.sub(".", names.fold(base)).strip(".")[:60] or "person"
    taken = set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    return next(
        one for n in range(1, 100_000) if (one := base if n == 1 else f"{base}{n}") not in taken
    )


class Teams(Kind):
    name = "teams"
    label = _("Teams")
    action = changes = Action.ORG_EDIT
    entity = ("team", "department", "unit", "group", "office", "部门", "团队", "组织")
    natural = ("name",)
    natural_more = ("parent",)
    within = "parent"
    needs = ("name",)
    fields = (
        Field("key", _("Key"), (*words.KEY, "部门编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("name", _("Name"), ("name", "description", "title", "team", "department", "unit", "group", "office", "名称", "部门", "团队", "部门名称", "团队名称"), read="name", longest=80),
        Field("parent", _("Belongs to"), ("parent", "parent id", "parent team", "parent department", "upper", "division", "上级", "上级部门", "所属部门", "父部门"), read="code", refers="teams"),
        Field("head", _("Head"), ("head", "manager", "lead", "leader", "team lead", "manager id", "head id", "leader id", "supervisor", "主管", "负责人", "部门负责人", "部门主管", "经理"), read="code", refers="employees"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand(item, run, "name")
        run.refer(item, "parent")
        run.person(item, "head")

    def create(self, run, items):
        for item in items:
            name = item.given["name"]
            parent = self.parent(run, item) or run.root
            chinese = name if names.HAN.search(name) else ""
            unit = unit_named(run, item, parent, name, chinese, Unit.Kind.TEAM)
            item.subject_id = unit.pk
            item.written = run.digests({"name": name})
            run.remember(self.name, item.key, unit.pk)
            self.lead(run, item, unit)

    def parent(self, run, item):
        pk = run.refer(item, "parent") if item.get("parent") else None
        return Unit.objects.get(pk=pk) if pk else None

    def lead(self, run, item, unit):
        """Make the person whom the file names head of the unit."""
        pk = run.person(item, "head")
        if pk and not Membership.objects.at().filter(unit=unit, person=pk, post="head").exists():
            org.set_head(actor=run.actor, unit=unit, person=Person.objects.get(pk=pk))

    def update(self, run, items):
        for item in items:
            unit = Unit.objects.get(pk=item.known.subject_id)
            item.subject_id = unit.pk
            wanted = run.to_write(item, unit, {"name": item.given["name"]})
            if wanted:
                item.changes(unit, wanted)
                org.rename(actor=run.actor, unit=unit, values=wanted)
            parent = self.parent(run, item)
            if parent and unit.parent_id != parent.pk:
                org.move(actor=run.actor, unit=unit, parent=parent)
            self.lead(run, item, unit)
