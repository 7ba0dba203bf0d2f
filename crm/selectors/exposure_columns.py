"""Which column of a foreign file means what: by its header in either language, then by its content.

A header that says a word exactly wins over one that only contains it; where several fit, the caller
looks at what stands in them. What stays open is asked.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

EXACT, PART = 100, 40
# Words that say nothing at the end of a longer header: postal code, contact name, reports to.
ALONE = {
    "id",
    "code",
    "number",
    "no",
    "key",
    "name",
    "to",
    "from",
    "end",
    "start",
    "time",
    "value",
    "first",
    "last",
}


@dataclass(frozen=True)
class Column:
    """Something a file may tell. words: how others call it, the best first."""

    name: str
    label: object
    words: str
    needed: bool = False

    def rank(self, header):
        """How well a header fits: 0 not at all, EXACT less its place in the list, PART likewise."""
        plain = squash(header)
        words = self.words.split(", ")
        for place, word in enumerate(words):
            if plain == squash(word):
                return EXACT - place
        for place, word in enumerate(words):
            if contains(header, word):
                return max(1, PART - place)
        return 0


def squash(text):
    """CustomerID, customer_id and “Customer ID” are one word."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def parts(text):
    """The words of a header: SupportRepId gives support, rep, id."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return [part.casefold() for part in re.split(r"[\W_]+", text) if part]


def contains(header, word):
    """Whether the words of a header end with those of `word`; Chinese is looked for anywhere."""
    if not word.isascii():
        return word in unicodedata.normalize("NFKC", header)
    if word in ALONE:
        return False
    mine, sought = parts(header), word.split()
    return len(mine) > len(sought) and mine[-len(sought) :] == sought


KEY = "id, code, number, no, key, 编号, 代码, 编码, ID"
DELETED = Column("deleted", _("Deleted"), "is deleted, deleted, 已删除, 是否删除")

FILES = {
    "accounts": (
        Column("key", _("Customer number"), f"customer id, account id, client id, company id, business id, customer code, account code, customer number, account number, 客户编号, 客户代码, 客户编码, 客户ID, {KEY}"),
        Column("name", _("Customer name"), "name, customer name, account name, company name, client name, account, customer, company, client, business name, legal name, trading name, short name, 客户名称, 公司名称, 企业名称, 客户全称, 客户简称, 名称, 客户, 单位名称"),
        Column("first", _("First name"), "first name, given name, forename, 名"),
        Column("last", _("Last name"), "last name, surname, family name, 姓"),
        Column("person", _("Account manager"), "account manager, owner, owner id, account owner, owner name, account owner id, sales rep, sales rep id, support rep id, support rep, rep, rep id, sales agent, salesperson, sales person, assigned to, assigned user id, responsible, manager, employee id, 负责人, 客户负责人, 客户经理, 业务员, 销售代表, 销售员, 销售, 归属人, 归属人员, 跟进人, 所属员工"),
        Column("value", _("Value"), "value, revenue, annual revenue, turnover, sales, amount, total revenue, contract value, arr, mrr, 金额, 销售额, 年销售额, 营业额, 成交金额, 合同金额, 年收入, 应收"),
        DELETED,
    ),
    "owners": (
        Column("person", _("Person number"), f"employee id, user id, owner id, person id, rep id, staff id, 工号, 员工编号, 人员编号, 员工ID, {KEY}"),
        Column("name", pgettext_lazy("person", "Name"), "name, full name, sales agent, sales rep, salesperson, employee, employee name, user name, user, owner, owner name, rep, account manager, 姓名, 员工姓名, 负责人, 业务员, 销售, 员工, 客户经理"),
        Column("first", _("First name"), "first name, given name, forename, 名"),
        Column("last", _("Last name"), "last name, surname, family name, 姓"),
        Column("account", _("Customer held"), "account id, customer id, client id, account, customer, company, account name, customer name, 客户编号, 客户代码, 客户名称, 客户"),
        Column("since", pgettext_lazy("period", "From"), "from, since, start, start date, valid from, from date, assigned on, 开始, 开始日期, 起始日期, 接手日期, 生效日期"),
        Column("until", pgettext_lazy("period", "Until"), "to, until, end, end date, valid to, to date, 结束, 结束日期, 终止日期, 离手日期, 失效日期"),
        DELETED,
    ),
    "activities": (
        Column("account", _("Customer"), "account id, customer id, client id, company id, business id, account, customer, client, company, account name, customer name, customer code, what id, related to, 客户编号, 客户代码, 客户ID, 客户名称, 客户, 公司名称", needed=True),
        Column("day", pgettext_lazy("activity", "Day"), "activity date, visit date, date, call date, meeting date, order date, invoice date, engage date, start date, start, due date, close date, contacted at, created date, created at, timestamp, time, 拜访日期, 跟进日期, 跟进时间, 活动日期, 下单日期, 订单日期, 开票日期, 联系时间, 日期, 时间, 创建时间", needed=True),
        Column("person", _("Done by"), "owner, owner id, done by, visited by, employee id, employee, sales agent, sales rep, sales rep id, salesperson, rep, rep id, user, user id, assigned to, agent, account manager, created by, created by id, 负责人, 拜访人, 跟进人, 业务员, 销售, 员工编号, 员工, 经手人, 客户经理, 创建人"),
        Column("contact", _("Contact"), "contact id, contact, contact name, who id, 联系人, 联系人姓名, 联系人编号"),
        Column("amount", _("Amount"), "amount, total, total amount, close value, order amount, order total, net amount, value, revenue, 金额, 订单金额, 总金额, 合计, 成交金额, 销售额"),
        DELETED,
    ),
}  # fmt: skip


def candidates(column, headers):
    """The headers that may mean a column, best first: (header, rank)."""
    fitting = [(header, rank) for header in headers if (rank := column.rank(header))]
    return sorted(fitting, key=lambda pair: -pair[1])
