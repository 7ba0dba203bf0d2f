"""Who held which seat of a customer, from when until when."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action
from accounts.audit import record
from accounts.selectors.org import people_led_by
from crm.imports.fields import Field, Reason, plain
from crm.imports.kinds import words
from crm.imports.kinds.base import Kind, known
from crm.models import Assignment
from crm.seats import SINGLE_SEATS, Seat
from crm.seats import Reason as Why
from crm.services import access_index, seats
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
        self.demand_customer(item, run)
        self.demand(item, run, "person", "since")
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
        """No two people in one seat at a time, and nobody in two. Returns the seat this one extends.

        That is one in which an import has put the same person, without knowing since when.
        """
        start, end = self.period_of(item, run)
        mine = Held(
            start, end or END, self.seat(item), person, item.known and item.known.subject_id
        )
        longer = None
        for other in self.periods(run, customer):
            if not mine.meets(other):
                continue
            if other.begun_by_import and mine.same_holder(other) and mine.end == other.end:
                longer = other.pk
            elif mine.seat == other.seat and (mine.seat in SINGLE_SEATS or person == other.person):
                raise Reason("overlap", run.column("since"))
            elif {mine.seat, other.seat} <= set(SINGLE_SEATS) and person == other.person:
                raise Reason("two_seats", run.column("person"))
        self.periods(run, customer).append(mine)
        return longer

    def periods(self, run, customer):
        """What is held already at one customer."""
        if ("periods", customer) not in run.seen:
            rows = Assignment.objects.filter(customer=customer)
            run.seen["periods", customer] = [
                Held(row.period.lower, row.period.upper or END, row.seat, row.person_id, row.pk,
                     row.reason == Why.IMPORT and row.period.upper is None)
                for row in rows
            ]  # fmt: skip
        return run.seen["periods", customer]

    def create(self, run, items):
        new = []
        for item in items:
            start, end = self.period_of(item, run)
            customer, person = run.refer(item, "customer"), run.refer(item, "person")
            if longer := self.apart(item, run, customer, person):
                item.subject_id = longer
                change(item, Assignment.objects.get(pk=longer), DateTimeTZRange(start, None, "[)"))
                continue
            new.append((item, Assignment(
                customer_id=customer, person_id=person, seat=self.seat(item),
                period=DateTimeTZRange(start, end, "[)"), reason=self.why(item),
                note=item.get("note", ""), made_by=run.actor,
            )))  # fmt: skip
        seats.insert([row for _item, row in new], when=lambda row: row.period.lower)
        for item, row in new:
            item.became(row)

    def why(self, item):
        reason = item.get("reason")
        return reason if reason in Why.values else Why.IMPORT

    def update(self, run, items):
        """Of a seat that is known, only its end may be told later."""
        rows = known(Assignment.objects.all(), items)
        for item in items:
            row = rows[item.known.subject_id]
            item.subject_id = row.pk
            _start, end = self.period_of(item, run)
            if end and row.period.upper is None:
                change(item, row, DateTimeTZRange(row.period.lower, end, "[)"))


@dataclass
class Held:
    """A seat over a time."""

    start: datetime
    end: datetime
    seat: str
    person: int
    pk: int | None = None
    begun_by_import: bool = False

    def meets(self, other):
        """Whether two seats are held at one time; a seat does not meet itself."""
        same = self.pk is not None and self.pk == other.pk
        return not same and self.start < other.end and other.start < self.end

    def same_holder(self, other):
        return (self.seat, self.person) == (other.seat, other.person)


def change(item, row, period):
    """Give a seat another time inside the running verb."""
    was, row.period = row.period, period
    row.save()
    changes = {"from": (was.lower, period.lower), "until": (was.upper, period.upper)}
    record(row, {name: pair for name, pair in changes.items() if pair[0] != pair[1]},
           customer=row.customer_id)  # fmt: skip
    access_index.recompute([row.customer_id])
    before = {"lower": plain(was.lower), "upper": plain(was.upper) or None, "bounds": "[)"}
    item.changed.append(("crm.assignment", row.pk, {"period": (json.dumps(before), plain(period))}))
