"""Customers: firms and private persons, with their place, their account manager and a first contact."""

from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action
from accounts.selectors.org import people_led_by
from crm.imports.fields import Field, Incomplete, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, joined, known, name_of
from crm.imports.kinds.lines import Line, line_of, places, put_line
from crm.models import Assignment, Customer
from crm.seats import Reason as Why
from crm.seats import Seat
from crm.services import access_index, customers, duplicates, seats
from crm.services.erased import refuse_erased
from kit import names
from kit.clock import database_now

TIER = words.choice(
    A=("a", "a类", "a级", "重要", "重点", "vip", "key", "high", "hot", "重点客户", "战略客户", "important", "platinum", "gold"),
    B=("b", "b类", "b级", "普通", "medium", "warm", "一般", "normal", "standard", "普通客户", "silver"),
    C=("c", "c类", "c级", "low", "cold", "次要", "低", "一般客户", "bronze", "basic"),
)  # fmt: skip
STATUS = words.choice(
    prospect=("lead", "potential", "new", "open", "潜在", "潜在客户", "意向客户", "线索", "未成交", "新客户", "prospecting", "意向"),
    active=("customer", "client", "已成交", "成交", "合作中", "正式", "正式客户", "在营", "enabled", "current", "成交客户", "老客户", "active customer", "活跃", "正常"),
    dormant=("inactive", "sleeping", "沉默", "休眠", "休眠客户", "paused", "on hold", "不活跃"),
    closed=("lost", "former", "流失", "流失客户", "已流失", "关闭", "终止", "churned", "cancelled", "dead", "注销"),
)  # fmt: skip
KIND = words.choice(
    organisation=("organization", "company", "business", "firm", "b2b", "企业", "公司", "单位", "企业客户", "公司客户"),
    person=("individual", "private", "private person", "person account", "b2c", "个人", "个人客户", "自然人"),
)  # fmt: skip
PLACE = ("country", "province", "city", "district")
# A file with such columns tells how to reach its customers; a mere list of names does not.
REACHED = ("city", "address", "postal_code", "phone", "mail", "website")
KNOWN = (*PLACE, "address", "postal_code", "industry", "phone", "mail", "website", "parent")


class Customers(Kind):
    name = "customers"
    label = _("Customers")
    action = Action.CUSTOMER_CREATE
    entity = ("customer", "account", "client", "company", "business", "organization", "organisation",
              "hospital", "supplier", "vendor", "partner", "school", "store", "shop", "dealer", "distributor", "member", "merchant", "restaurant",
              "客户", "供应商", "经销商", "门店", "医院", "学校", "商户", "公司", "企业", "单位")  # fmt: skip
    natural = ("name", "first_name", "last_name")
    natural_more = PLACE
    needs = (("name", "last_name", "first_name"),)
    within = "parent"
    fields = (
        Field("key", _("Key"), (*words.KEY, "symbol", "ts code", "customer code", "客户编号", "统一社会信用代码"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("name", _("Name"), ("name", "short name", "name short", "company name", "company", "account name", "account", "customer name", "customer", "client name", "client",
              "organization name", "organisation name", "organization", "business name", "title", "名称", "简称", "客户简称", "客户名称", "公司名称", "企业名称", "单位名称", "客户", "公司", "企业", "单位", "医院名称"),
              read="name", longest=120),
        Field("legal_name", _("Legal name"), ("legal name", "full name", "registered name", "legal entity name", "全称", "客户全称", "公司全称", "企业全称", "工商名称", "注册名称", "name full"), read="name", longest=200),
        Field("first_name", _("First name"), words.FIRST_NAME, read="name", longest=80),
        Field("last_name", _("Last name"), words.LAST_NAME, read="name", longest=80),
        Field("kind", _("Kind of customer"), ("customer kind", "is company", "客户性质", "record type", "主体类型"), values=KIND),
        Field("tier", _("Tier"), ("tier", "grade", "rating", "customer level", "level", "priority", "等级", "级别", "客户等级", "客户级别", "分级", "重要程度"), values=TIER),
        Field("status", _("Status"), ("status", "lifecycle stage", "stage", "classification", "客户状态", "状态", "成交状态", "生命状态", "合作状态", "阶段"), values=STATUS),
        Field("country", _("Country"), ("country", "country region", "billing country", "office location", "shipping country", "mailing country", "国家", "国家地区"), read="name", longest=80),
        Field("province", _("Province or state"), ("province", "state", "region", "state region", "state province", "billing state", "billing state province", "area", "shipping state", "mailing state", "territory",
              "省", "省份", "地区", "区域", "所在省份", "所在省", "所属地区", "所在地区", "大区", "所属区域"), read="name", longest=80),
        Field("city", _("City"), ("city", "town", "address 1 city", "billing city", "shipping city", "mailing city", "市", "城市", "所在城市", "所在市"), read="name", longest=80),
        Field("district", _("District"), ("district", "county", "区", "区县", "县", "所在区县"), read="name", longest=80),
        Field("address", _("Address"), ("address", "street", "street address", "address 1 street 1", "address line 1", "address 1", "billing street", "billing address line 1", "shipping street", "mailing street", "address1", "address line 2",
              "地址", "详细地址", "公司地址", "办公地址", "通讯地址", "联系地址", "注册地址", "街道"), read="name", longest=300),
        Field("postal_code", _("Postal code"), ("postal code", "zip", "zip code", "postcode", "billing postal code", "billing zip", "shipping postal code", "billing code", "邮编", "邮政编码"), read="code", longest=20),
        Field("industry", _("Industry"), ("industry", "sector", "vertical", "branch", "行业", "所属行业", "一级行业", "行业类别", "industry type", "主营行业"), read="name", longest=80),
        Field("parent", _("Parent company"), ("parent", "parent account", "parent id", "parent account id", "parent company", "parent name", "parent customer", "subsidiary of", "holding", "上级", "上级公司", "上级客户", "母公司", "上级单位", "所属集团", "集团"),
              read="code", refers="customers"),
        Field("account_manager", _("Account manager"), words.PERSON, read="code", refers="employees"),
        Field("since", _("Account manager since"), ("assigned on", "assigned at", "owner since", "owner assigned date", "assigned date", "account manager since", "since", "分配时间", "分配日期", "领取时间", "归属时间", "负责人开始时间"), read="instant"),
        Field("phone", _("Phone"), words.PHONE, ends=("phone", "telephone", "电话", "手机"), read="phones", many=True),
        Field("mail", _("Mail"), words.MAIL, ends=("email", "邮箱"), read="mails", many=True),
        Field("website", _("Website"), ("website", "web", "web site", "url", "homepage", "home page", "domain", "domain name", "company domain name", "网站", "网址", "官网", "公司网址", "公司官网"), longest=200),
        Field("contact_name", _("Contact"), ("contact name", "contact", "contact person", "primary contact", "main contact", "联系人", "联系人姓名", "首要联系人", "主要联系人"), read="name", longest=80),
        Field("contact_title", _("Post of the contact"), ("contact title", "contact position", "contact job title", "职务", "职位", "联系人职务", "联系人职位"), read="name", longest=80),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand_name(name_of(item), run, 120)
        run.refer(item, "parent")
        manager = run.person(item, "account_manager")
        self.receives(item, run, manager)
        self.on_time(item, run)
        if item.known is None and not manager and self.is_bare(item, run):
            raise Incomplete("bare")
        if item.known is None and not run.for_all:
            self.nobody_elses(item, run)

    def is_bare(self, item, run):
        """Whether the file says how customers are reached, and of this one nothing but a name."""
        if run.options.get("keep_incomplete"):
            return False
        says = any(run.column(name) for name in REACHED)
        return says and not any(item.get(name) for name in KNOWN)

    def on_time(self, item, run):
        since = item.get("since")
        if since and since > database_now():
            raise Reason("future", run.column("since"))

    def receives(self, item, run, manager):
        """Only who is here can look after customers, and only one's own people are given them."""
        if manager is None or item.known is not None:
            return
        if manager not in run.active:
            raise Reason("not_here", run.column("account_manager"))
        if not run.for_all and manager not in people_led_by(run.actor):
            raise Reason("not_yours", run.column("account_manager"))

    def nobody_elses(self, item, run):
        """A legal name that is known already is answered as everywhere, and as seldom."""
        name = item.get("legal_name")
        found = duplicates.same_legal_name(name) if name else []
        if name and run.asked_enough():
            raise Reason("too_many", run.column("legal_name"))
        if not found:
            return
        run.ask()
        seen = Customer.objects.visible_to(run.actor).filter(pk__in=[one.pk for one in found])
        raise Reason("double" if seen.exists() else "known_elsewhere", run.column("legal_name"))

    # -- values ----------------------------------------------------------------------------------
    def person_of(self, item):
        return joined(item.get("first_name", ""), item.get("last_name", ""))

    def is_person(self, item, run):
        """A private person: the file says so, or has a column for firms that is empty here."""
        if item.get("kind"):
            return item.given["kind"] == Customer.Kind.PERSON
        return not item.get("name") and bool(self.person_of(item))

    def values(self, item, run):
        """Field → value of the customer itself; region and industry are made where they are new."""
        path = list(dict.fromkeys(filter(None, (item.get(name) for name in PLACE))))
        values = {
            "name": name_of(item),
            "legal_name": item.get("legal_name"),
            "tier": item.get("tier"),
            "status": item.get("status"),
            "address": self.address(item),
            "parent_id": run.refer(item, "parent") if item.get("parent") else None,
            "region_id": run.region(path, item) if path else None,
            "industry_id": run.industry(item.get("industry"), item)
            if item.get("industry")
            else None,
        }
        return {name: value for name, value in values.items() if value}

    def address(self, item):
        """The parts of the address in one line; a Chinese one stands as it is."""
        street = item.get("address", "")
        if not street or names.HAN.search(street):
            return street[:300]
        town = " ".join(filter(None, (item.get("city"), item.get("postal_code"))))
        return ", ".join(part for part in (street, town, item.get("country")) if part)[:300]

    # -- writing ---------------------------------------------------------------------------------
    def create(self, run, items):
        rows = []
        for item in items:
            values = self.values(item, run)
            kind = Customer.Kind.PERSON if self.is_person(item, run) else Customer.Kind.ORGANISATION
            rows.append(Customer(kind=kind, home_unit=run.home, **values))
            item.written = run.digests(values)
        with access_index.together():
            customers.insert(rows)
            for item, row in zip(items, rows, strict=True):
                item.became(row)
                run.remember(self.name, item.key, row.pk)
            self.seats(run, items)
        self.contacts(run, zip(items, rows, strict=True))

    def seats(self, run, items):
        """The account managers whom the file names."""
        now, rows, takers = database_now(), [], []
        for item in items:
            if person := run.person(item, "account_manager"):
                period = DateTimeTZRange(item.get("since") or now, None, "[)")
                rows.append(Assignment(
                    customer_id=item.subject_id, person_id=person, seat=Seat.ACCOUNT_MANAGER,
                    period=period, reason=Why.IMPORT, made_by=run.actor,
                ))  # fmt: skip
                takers.append(item)
            elif item.get("account_manager"):
                run.note("external")
        seats.insert(rows, when=lambda row: row.period.lower)
        for item, seat in zip(takers, rows, strict=True):
            item.made.append(("crm.assignment", seat.pk))

    def contacts(self, run, pairs):
        """The first contact of each customer that comes with a name, a phone or a mail."""
        lines = []
        for item, customer in pairs:
            line = self.line(item, run)
            if line:
                lines.append((item, [customer.pk], line))
        put_line(run, lines)

    def line(self, item, run):
        """The contact of this row, or None."""
        channels = line_of(item, run)
        name = item.get("contact_name") or (self.person_of(item) if item.get("name") else "")
        if self.is_person(item, run):
            name = name or self.person_of(item) or name_of(item)
        if not name and not channels:
            return None
        general = "总机" if names.HAN.search(name_of(item)) else "Main number"
        return Line(name or general, {"title": item.get("contact_title", "")}, channels)

    def update(self, run, items):
        rows = known(Customer.objects.all(), items)
        for row in rows.values():
            refuse_erased(row)
        customers.change(list(run.changed(items, rows, self.values)))
        self.new_contacts(run, items, rows)

    def new_contacts(self, run, items, rows):
        """A customer without any contact gets the one that the file has by now."""
        have = set(places(rows))
        self.contacts(
            run, [(item, rows[item.subject_id]) for item in items if item.subject_id not in have]
        )

    def finish(self, run):
        """Tell of rows with one name and one address, and of known ones that are no longer listed."""
        run.same_names(("name", "first_name", "last_name", *PLACE, "address"))
        run.no_longer()
