"""Who held which seat of a customer, from when until when."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action
from accounts.selectors.org import people_led_by
from crm.imports.fields import Field, Incomplete, Reason
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind
from crm.models import Assignment
from crm.seats import SINGLE_SEATS, Seat
from crm.seats import Reason as Why
from crm.services import ownership
from kit.clock import database_now
from kit.dates import plausible

END = datetime.max.replace(tzinfo=UTC)
SEAT = words.choice(
    account_manager=("owner", "account manager", "manager", "rep", "负责人", "主负责人", "客户经理", "a角", "a 角"),
    backup=("b角", "b 角", "deputy", "second", "协作人", "后备", "备份负责人"),
    service_line=("service", "service line", "客服", "客服专线", "服务专员"),
    key_account_member=("member", "team member", "key account", "大客户小组", "小组成员", "团队成员", "联合跟进人"),
)  # fmt: skip
WHY = words.choice(
    new=("新客户",), first=("首次分配",), workload=("负荷调整",), region=("区域调整",), request=("客户要求",),
    cover=("代班",), org=("组织调整", "reorganisation"), correction=("更正",), other=("其他",),
)  # fmt: skip


class Seats(Kind):
    name = "seats"
    label = _("Seat history")
    action = changes = Action.SEAT_ASSIGN
    entity = ()
    natural = ("customer", "person", "seat", "since")
    needs = ("customer", "person", "since")
    fields = (
        Field("key", _("Key"), ("id", "key", "record id", "编号"), ends=words.KEY_ENDS, read="code", longest=200),
        Field("customer", _("Customer"), words.CUSTOMER, read="code", refers="customers"),
        Field("person", _("Person"), (*words.PERSON, "person", "holder", "人员"), read="code", refers="employees"),
        Field("seat", _("Seat"), ("seat", "role", "seat type", "席位", "角色", "类型"), values=SEAT, strict=True),
        Field("since", _("Since"), words.SINCE, read="instant"),
        Field("until", _("Until"), words.UNTIL, read="instant"),
        Field("reason", _("Reason"), ("reason", "why", "原因", "变更原因"), values=WHY),
        Field("note", _("Note"), ("note", "remark", "comment", "备注", "说明"), longest=300),
    )  # fmt: skip

    def check(self, item, run):
        if not item.get("customer"):
            raise Incomplete("no_customer", run.column("customer"))
        for name in ("person", "since"):
            if not item.get(name):
                raise Reason("missing", run.column(name))
        customer, person = run.refer(item, "customer"), run.refer(item, "person")
        self.period_of(item, run)
        if not run.for_all and person not in people_led_by(run.actor):
            raise Reason("not_yours", run.column("person"))
        self.apart(item, run, customer, person)

    def seat(self, item):
        return item.get("seat", Seat.ACCOUNT_MANAGER)

    def period_of(self, item, run):
        """(start, end) of the row; raises Reason at dates that cannot be."""
        start, end, now = item.given["since"], item.get("until"), database_now()
        if not plausible(start.date()):
            raise Reason("too_early" if start < now else "future", run.column("since"))
        if start > now:
            raise Reason("future", run.column("since"))
        if end is not None and end <= start:
            raise Reason("later_end", run.column("until"))
        return start, end

    def apart(self, item, run, customer, person):
        """No two people in one seat at a time, and nobody in two."""
        start, end = self.period_of(item, run)
        mine = (
            start,
            end or END,
            self.seat(item),
            person,
            item.known.subject_id if item.known else None,
        )
        for other in self.periods(run, customer):
            if not (mine[0] < other[1] and other[0] < mine[1]) or (mine[4] and mine[4] == other[4]):
                continue
            both = {mine[2], other[2]} <= set(SINGLE_SEATS)
            if (both and mine[2] == other[2]) or (mine[2] == other[2] and person == other[3]):
                raise Reason("overlap", run.column("since"))
            if both and person == other[3]:
                raise Reason("two_seats", run.column("person"))
        self.periods(run, customer).append(mine)

    def periods(self, run, customer):
        """What is held already: (start, end, seat, person, id) of one customer."""
        if ("periods", customer) not in run.seen:
            rows = Assignment.objects.filter(customer=customer)
            run.seen["periods", customer] = [
                (row.period.lower, row.period.upper or END, row.seat, row.person_id, row.pk)
                for row in rows
            ]
        return run.seen["periods", customer]

    def create(self, run, items):
        rows = []
        for item in items:
            start, end = self.period_of(item, run)
            rows.append(Assignment(
                customer_id=run.refer(item, "customer"), person_id=run.refer(item, "person"), seat=self.seat(item),
                period=DateTimeTZRange(start, end, "[)"), reason=self.why(item), note=item.get("note", ""),
                made_by=run.actor,
            ))  # fmt: skip
        ownership.insert(rows, when=lambda row: row.period.lower)
        for item, row in zip(items, rows, strict=True):
            item.subject_id = row.pk
            item.made.append(("crm.assignment", row.pk))

    def why(self, item):
        reason = item.get("reason")
        return reason if reason in Why.values else Why.IMPORT

    def update(self, run, items):
        """Of a seat that is known, only its end may be told later."""
        rows = Assignment.objects.select_for_update().in_bulk(
            [item.known.subject_id for item in items]
        )
        for item in items:
            row = rows[item.known.subject_id]
            item.subject_id = row.pk
            _start, end = self.period_of(item, run)
            if end and row.period.upper is None:
                self.close(run, item, row, end)

    def close(self, run, item, row, end):
        ownership.close(row, end)
        ownership.record(
            row, {row.seat: (row.person_id, None), "until": (None, end)}, customer=row.customer_id
        )
        ownership.access_index.recompute([row.customer_id])
