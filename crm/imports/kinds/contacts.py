"""Contacts, and their places at customers."""

from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.audit import assign, record_many
from crm.imports.fields import Field, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, known, name_of
from crm.imports.kinds.lines import Line, line_of, put_line
from crm.models import Contact, Position
from crm.services import channels, contacts
from kit.dates import plausible, today

POST = (
    "title",
    "job title",
    "position",
    "post",
    "designation",
    "role",
    "roles",
    "职务",
    "职位",
    "岗位",
    "角色",
)


class Contacts(Kind):
    name = "contacts"
    label = _("Contacts")
    action = changes = Action.CUSTOMER_EDIT
    entity = ("contact", "person", "联系人", "lead")
    natural = ("customer", "name", "first_name", "last_name")
    natural_more = ("phone", "mail")
    needs = (("name", "last_name", "first_name"), "customer")
    fields = (
        Field("key", _("Key"), (*words.KEY, "联系人编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("name", _("Name"), ("name", "full name", "contact name", "contact", "contact person", "display name", "姓名", "名称", "联系人", "联系人姓名"), read="name", longest=80),
        Field("first_name", _("First name"), words.FIRST_NAME, read="name", longest=80),
        Field("last_name", _("Last name"), words.LAST_NAME, read="name", longest=80),
        Field("customer", _("Customer"), words.CUSTOMER, read="code", refers="customers"),
        Field("title", _("Post"), POST, read="name", longest=80),
        Field("form_of_address", _("Form of address"), ("form of address", "salutation", "title of courtesy", "courtesy title", "prefix", "称呼", "称谓"), read="name", longest=40),
        Field("phone", _("Phone"), words.PHONE, ends=("phone", "telephone", "电话", "手机"), read="phones", many=True),
        Field("mail", _("Mail"), words.MAIL, ends=("email", "邮箱"), read="mails", many=True),
        Field("country", _("Country"), ("country", "mailing country", "billing country", "国家"), read="name", longest=80),
        Field("wechat", _("WeChat"), ("wechat", "we chat", "wechat id", "微信", "微信号"), longest=100),
        Field("wecom", _("WeCom"), ("wecom", "we com", "external userid", "企业微信", "企微"), longest=100),
        Field("note", _("Note"), ("note", "notes", "description", "remark", "remarks", "comment", "comments", "备注", "描述", "说明"), longest=500),
        Field("started_on", _("Since"), words.SINCE, read="day"),
        Field("do_not_contact", _("Do not contact"), ("do not contact", "do not call", "opted out", "免打扰"), read="flag"),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand_name(name_of(item), run, 80)
        self.demand_customer(item, run)
        run.refer(item, "customer")
        if item.get("started_on") and not plausible(item.given["started_on"]):
            raise Reason("too_early", run.column("started_on"))

    def values(self, item):
        values = {"name": name_of(item), "form_of_address": item.get("form_of_address")}
        values |= {"note": item.get("note"), "do_not_contact": item.get("do_not_contact")}
        return {name: value for name, value in values.items() if value}

    def create(self, run, items):
        lines = []
        for item in items:
            values = self.values(item)
            item.written = run.digests(values | {"title": item.get("title", "")})
            place = {"title": item.get("title", ""), "started_on": item.get("started_on")}
            more = {name: value for name, value in values.items() if name != "name"}
            lines.append(
                (
                    item,
                    [run.refer(item, "customer")],
                    Line(values["name"], place, line_of(item, run), more),
                )
            )
        for item, contact in zip(items, put_line(run, lines), strict=True):
            item.subject_id = contact.pk
            run.remember(self.name, item.key, contact.pk)

    def update(self, run, items):
        rows = known(Contact.objects.select_related("key"), items)
        changes, new = [], []
        there = channels.Known(list(rows.values()))
        for item in items:
            row, customer = rows[item.known.subject_id], run.refer(item, "customer")
            item.subject_id = row.pk
            wanted = run.to_write(item, row, self.values(item))
            if wanted:
                item.changes(row, wanted)
                changes.append((row, wanted, customer))
            self.place(run, item, row, customer)
            for values in line_of(item, run) if row.key else ():
                if (row.pk, values["kind"], values["value"]) not in there:
                    new.append((item, (customer, row, values)))
        contacts.change(changes)
        made = channels.insert([one for _item, one in new])
        for (item, _one), channel in zip(new, made, strict=True):
            item.made.append(("crm.contactchannel", channel.pk))

    def place(self, run, item, contact, customer):
        """The place at the customer whom the file names, with the post it tells."""
        place = (
            Position.objects.select_for_update()
            .filter(contact=contact, customer=customer, ended_on=None)
            .first()
        )
        if place is None:
            made = contacts.place_all(
                [Position(contact=contact, customer_id=customer, title=item.get("title", ""))]
            )
            item.made.append(("crm.position", made[0].pk))
        elif wanted := run.to_write(item, place, {"title": item.get("title")}):
            put_title(item, place, wanted)


def put_title(item, place, wanted):
    """Change values of a place inside the running verb."""
    item.changes(place, wanted)
    changes = assign(place, wanted)
    place.save()
    record_many([{"subject": place, "changes": changes, "customer": place.customer_id,
                  "key": place.contact.key, "personal": Position.personal}])  # fmt: skip


class Relations(Kind):
    name = "relations"
    label = _("Contacts at customers")
    action = changes = Action.CUSTOMER_EDIT
    entity = ()
    natural = ("contact", "customer")
    needs = ("contact", "customer")
    fields = (
        Field("key", _("Key"), ("id", "key", "record id", "relation id", "编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("contact", _("Contact"), words.CONTACT, read="code", refers="contacts"),
        Field("customer", _("Customer"), words.CUSTOMER, read="code", refers="customers"),
        Field("title", _("Post"), POST, read="name", longest=80),
        Field("started_on", _("Since"), words.SINCE, read="day"),
        Field("ended_on", _("Until"), words.UNTIL, read="day"),
        Field("active", _("Active"), ("active", "is active", "current", "是否有效", "有效", "在职"), read="flag"),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand_customer(item, run)
        self.demand(item, run, "contact")
        run.refer(item, "contact")
        run.refer(item, "customer")
        for name in ("started_on", "ended_on"):
            if item.get(name) and not plausible(item.given[name]):
                raise Reason("too_early", run.column(name))
        self.demand_order(item, run)

    def values(self, item, run):
        end = item.get("ended_on")
        if end is None and item.given.get("active") is False:
            end = max(today(run.zone), item.get("started_on") or today(run.zone))
        return {
            "title": item.get("title", ""),
            "started_on": item.get("started_on"),
            "ended_on": end,
        }

    def create(self, run, items):
        new = []
        there = self.there(item.found.get("contact") for item in items)
        for item in items:
            values = self.values(item, run)
            item.written = run.digests(values)
            pair = (run.refer(item, "contact"), run.refer(item, "customer"))
            place = there.get(pair)
            if place is None:
                place = there[pair] = Position(contact_id=pair[0], customer_id=pair[1], **values)
                new.append((item, place))
            elif place.pk:
                self.adopt(run, item, place, values)
            item.place = place
        contacts.place_all([place for _item, place in new])
        for item, place in new:
            item.made.append(("crm.position", place.pk))
        for item in items:
            item.subject_id = item.place.pk

    def there(self, contact_ids):
        """The open places of these contacts: (contact, customer) → place."""
        rows = Position.objects.select_for_update().filter(
            contact__in=[pk for pk in contact_ids if pk], ended_on=None
        )
        return {(row.contact_id, row.customer_id): row for row in rows}

    def adopt(self, run, item, place, values):
        """A place that is there already takes what this file tells, where it said nothing before."""
        wanted = {name: new for name, new in values.items() if new and not getattr(place, name)}
        if wanted:
            put_title(item, place, wanted)

    def update(self, run, items):
        run.change(items, known(Position.objects.all(), items), self.values)
