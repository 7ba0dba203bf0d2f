"""Visits, calls, messages and meetings that happened."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from crm.imports.fields import Field, Incomplete, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, known
from crm.models import Activity, Position
from crm.services import access_index, activities
from kit import names
from kit.clock import database_now
from kit.dates import plausible

NOTE = 10_000  # characters
AHEAD = timedelta(days=1)
KIND = words.choice(
    visit=("site visit", "on site", "onsite", "field visit", "拜访", "上门", "上门拜访", "实地拜访", "走访", "外勤", "客户拜访", "陪访", "现场拜访", "面谈", "face to face", "in person"),
    call=("phone", "phone call", "telephone", "tel", "called", "inbound", "outbound", "电话", "电话拜访", "电话沟通", "致电", "电话跟进", "logged call", "call log"),
    message=("email", "e-mail", "mail", "sms", "wechat", "chat", "letter", "message", "im", "whatsapp", "line", "微信", "短信", "邮件", "留言", "企业微信", "微信沟通", "消息", "qq"),
    meeting=("online meeting", "video", "video call", "webinar", "conference", "teams", "zoom", "demo", "会议", "线上会议", "视频会议", "网络会议", "腾讯会议", "商务会议", "event"),
)  # fmt: skip


class Activities(Kind):
    name = "activities"
    label = _("Activities")
    action = changes = Action.ACTIVITY_LOG
    entity = (
        "activity",
        "visit",
        "call",
        "task",
        "event",
        "inspection",
        "meeting",
        "拜访",
        "活动",
        "跟进",
        "任务",
    )
    needs = (("customer", "contact"), "happened_at")
    fields = (
        Field("key", _("Key"), words.KEY, ends=words.KEY_ENDS, read="code", longest=200),
        Field("customer", _("Customer"), (*words.CUSTOMER, "related to", "related account", "what id"), read="code", refers="customers"),
        Field("contact", _("Contact"), words.CONTACT, read="code", refers="contacts"),
        Field("person", _("Person"), (*words.PERSON, "visitor", "inspector", "created by", "拜访人", "跟进人", "执行人", "填写人", "创建人"), read="code", refers="employees"),
        Field("happened_at", _("When"), ("date", "happened at", "activity date", "date time", "datetime", "when", "start", "start date", "start time", "time", "visited on", "visit date", "call date", "due date", "timestamp", "engage date", "close date", "created date", "created at", "completed date",
              "日期", "时间", "拜访日期", "拜访时间", "跟进时间", "开始时间", "活动日期", "发生时间", "完成时间", "签到时间"), read="instant"),
        Field("kind", _("Kind"), ("kind", "type", "activity type", "channel", "method", "call type", "task subtype", "event type", "类型", "方式", "跟进方式", "拜访方式", "跟进类型", "活动类型", "拜访类型", "沟通方式"), longest=80),
        Field("note", _("Note"), words.NOTE, read="lines", many=True),
        Field("deleted", _("Deleted"), words.DELETED, read="flag"),
    )  # fmt: skip

    def check(self, item, run):
        self.demand(item, run, "happened_at")
        if item.given["happened_at"] > database_now() + AHEAD:
            raise Reason("future", run.column("happened_at"))
        if not plausible(item.given["happened_at"].date()):
            raise Reason("too_early", run.column("happened_at"))
        self.whose(item, run)
        run.person(item, "person")
        if sum(len(text) for _header, text in item.get("note", [])) > NOTE:
            raise Reason("long", run.column("note"), longest=NOTE)
        self.kind_of(item, run)

    def whose(self, item, run):
        """Whose activity it is: the customer's whom the row names, else its contact's."""
        contact = run.refer(item, "contact", needed=False)
        if item.get("customer"):
            return run.refer(item, "customer"), contact
        if not item.get("contact"):
            raise Incomplete("no_customer", run.column("customer") or run.column("contact"))
        customer = self.of_contact(run, contact)
        if customer is None:
            raise Incomplete("no_customer", run.column("contact"))
        return customer, contact

    def of_contact(self, run, contact):
        """The customer where a contact is, or was last."""
        if contact is None:
            return None
        if ("place", contact) not in run.seen:
            places = Position.objects.filter(contact=contact).order_by("-ended_on", "pk")
            run.seen["place", contact] = places.values_list("customer", flat=True).first()
        return run.seen["place", contact]

    def kind_of(self, item, run):
        """The kind by its word; a word that is not known is a visit, and stays in the note."""
        word = item.get("kind")
        if word is None:
            return Activity.Kind.VISIT
        return KIND.get(names.fold(word), Activity.Kind.VISIT)

    def values(self, item, run):
        customer, contact = self.whose(item, run)
        person = run.person(item, "person")
        texts = [text for _header, text in item.get("note", [])]
        if item.get("kind") and names.fold(item.given["kind"]) not in KIND:
            texts.insert(0, item.given["kind"])
        return {
            "customer_id": customer,
            "author_id": person,
            "author_name": "" if person else item.get("person", "")[:80],
            "kind": self.kind_of(item, run),
            "happened_at": item.given["happened_at"],
            "note": "\n".join(dict.fromkeys(texts))[:NOTE],
        }, contact

    def create(self, run, items):
        rows = []
        for item in items:
            values, contact = self.values(item, run)
            if values["author_name"]:
                run.note("external")
            item.written = run.digests(values)
            rows.append((Activity(**values), [contact] if contact else [], []))
        made = activities.insert(rows, when=lambda row: row.happened_at)
        for item, row in zip(items, made, strict=True):
            item.became(row)
            run.remember(self.name, item.key, row.pk)

    def update(self, run, items):
        rows = known(Activity.objects.all(), items)
        run.change(items, rows, lambda item, run: self.values(item, run)[0])
        access_index.settle_activities({row.customer_id for row in rows.values()})
