"""Which column of a foreign file means what: by its header in either language, then by its content.

A header that is called so wins over one that only ends so; where several fit, the reader looks at
what stands in them. What stays open is asked.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kit import headers

CALLED, ENDS = 100, 40  # a header that is called so, less its place in the list; one that ends so


@dataclass(frozen=True)
class Column:
    """Something a file may tell: words it is called by, best first, and ends that mean it too."""

    name: str
    label: object
    words: tuple
    ends: tuple = ()
    needed: bool = False


def column(name, label, words, ends="", needed=False):
    return Column(
        name, label, tuple(words.split(", ")), tuple(filter(None, ends.split(", "))), needed
    )


DELETED = column("deleted", _("Deleted"), "is deleted, deleted, 已删除, 是否删除")
REPS = "sales rep, sales rep id, support rep, support rep id, rep, rep id, sales agent, agent, salesperson, sales person, assigned to, assigned user, assigned user id"
OURS = "负责人, 客户负责人, 客户经理, 业务员, 销售代表, 销售员, 销售, 归属人, 归属人员, 跟进人, 所属员工"

# What a row of each file describes: taken off its headers, "customer id" among customers is "id".
ENTITIES = {
    "accounts": ("customer", "account", "client", "company", "business", "organization", "客户", "公司", "企业", "单位"),
    "owners": ("employee", "user", "person", "staff", "owner", "员工", "人员", "业务员", "销售员"),
    "activities": ("activity", "visit", "task", "event", "call", "meeting", "order", "invoice", "opportunity", "deal", "活动", "拜访", "跟进", "订单"),
}  # fmt: skip

FILES = {
    "accounts": (
        column("key", _("Customer number"), "id, code, number, no, key, uuid, 编号, 代码, 编码, 号"),
        column("name", _("Customer name"), "name, account, customer, company, client, legal name, trading name, short name, full name, title, 名称, 全称, 简称, 名, 客户, 公司"),
        column("first", _("First name"), "first name, given name, forename"),
        column("last", _("Last name"), "last name, surname, family name, 姓"),
        column("person", _("Account manager"), f"manager, account manager, owner, owner id, owner name, {REPS}, responsible, employee id, {OURS}", "owner, owner id, account manager, sales rep, 负责人, 客户经理, 业务员"),
        column("value", _("Value"), "value, revenue, annual revenue, turnover, sales, amount, total revenue, contract value, arr, mrr, 金额, 销售额, 年销售额, 营业额, 成交金额, 合同金额, 年收入", "revenue, turnover, sales amount, contract value, 销售额, 营业额, 金额"),
        DELETED,
    ),
    "owners": (
        column("person", _("Person number"), "id, owner id, code, number, no, 工号, 编号, id号"),
        column("name", pgettext_lazy("person", "Name"), f"name, full name, employee, user, owner, account manager, {REPS}, 姓名, 名称, 员工, {OURS}"),
        column("first", _("First name"), "first name, given name, forename, 名"),
        column("last", _("Last name"), "last name, surname, family name, 姓"),
        column("account", _("Customer held"), "account id, customer id, client id, account, customer, client, company, account name, customer name, 客户编号, 客户代码, 客户id, 客户名称, 客户", "account id, customer id, customer name, account name"),
        column("since", pgettext_lazy("period", "From"), "from, since, start, start date, valid from, from date, assigned on, 开始, 开始日期, 起始日期, 接手日期, 生效日期"),
        column("until", pgettext_lazy("period", "Until"), "to, until, end, end date, valid to, to date, 结束, 结束日期, 终止日期, 离手日期, 失效日期"),
        DELETED,
    ),
    "activities": (
        column("account", _("Customer"), "account id, customer id, client id, company id, business id, account, customer, client, company, account name, customer name, customer code, what id, related to, 客户编号, 客户代码, 客户id, 客户名称, 客户, 公司名称", "account id, customer id, client id, account, customer, client, 客户", needed=True),
        column("day", pgettext_lazy("activity", "Day"), "date, day, engage date, start date, start, due date, close date, contacted at, created date, created at, date time, datetime, timestamp, time, 日期, 时间, 活动日期, 拜访日期, 跟进日期, 跟进时间, 下单日期, 开票日期, 联系时间, 创建时间", "date, at, time, 日期, 时间", needed=True),
        column("person", _("Done by"), f"owner, owner id, owner name, done by, visited by, visitor, employee id, employee, {REPS}, user, user id, account manager, created by, created by id, author, 拜访人, 经手人, 员工编号, 员工, 创建人, {OURS}", "owner, owner id, rep, rep id, agent, by, employee id, 负责人, 业务员, 人员"),
        column("contact", _("Contact"), "contact id, contact, contact name, who id, 联系人, 联系人姓名, 联系人编号"),
        column("amount", _("Amount"), "amount, total, total amount, close value, total price, net amount, value, revenue, 金额, 总金额, 合计, 成交金额, 订单金额, 销售额", "amount, total, value, 金额"),
        DELETED,
    ),
}  # fmt: skip


def candidates(kind, spec, headers_of_file):
    """The headers of a file that may mean a column: (header, how well), 0 to CALLED."""
    for header in headers_of_file:
        place = headers.rank(spec, header, ENTITIES[kind])
        if place is not None:
            yield (
                header,
                max(1.0, (CALLED if place < headers.ENDS else ENDS + headers.ENDS) - place),
            )


def names_customer(kind, header):
    """Whether a header, by itself, may name the customer."""
    spec = next(one for one in FILES[kind] if one.name == "account")
    return headers.rank(spec, header, ENTITIES[kind]) is not None
