"""What is known of customers beyond their file: MAN, how deep relations are, important dates.

Planned for every customer of the demo, written by whoever looked after it then.
"""

import random
from datetime import date, timedelta
from itertools import groupby

from accounts import audit
from config.demo.files import LEADS
from crm.models import Customer, Depth, Finding, ImportantDate
from crm.selectors import depth as levels
from crm.selectors import important_dates as dates
from crm.selectors import qualification as man
from crm.services import depth, important_dates, qualification

DAY = timedelta(days=1)
Letter, Value = Finding.Letter, Finding.Value
# By tier: how likely anything was found, and a yes, of money, authority and need.
ASKED = {"A": 0.95, "B": 0.7, "C": 0.35}
YES = {"active": (0.9, 0.75, 0.65), "prospect": (0.55, 0.45, 0.7), "dormant": (0.5, 0.4, 0.1), "closed": (0, 0, 0)}  # fmt: skip
UNKNOWN = 0.12
WORDS = {
    Letter.MONEY: (["上季度三笔订单均按期付清", "财务口头确认已列预算"], ["Three orders paid in time last quarter", "Budget line seen in their plan"]),
    Letter.AUTHORITY: (["上次会上当场定了供应商", "合同由其签字"], ["Chose the supplier in the meeting", "Signs the orders"]),
    Letter.NEED: (["新线二季度投产，刀具清单待定", "现有合同年底到期"], ["New line next spring, tool list open", "Contract ends in December"]),
}  # fmt: skip
LEVELS, DEEP = (1, 2, 3, 4, 5), {"A": (10, 30, 30, 22, 8), "B": (30, 40, 20, 9, 1), "C": (60, 32, 8, 0, 0)}  # fmt: skip
SET, CONFIRMED, OLD = 0.45, 0.75, 0.1
# kind → how likely it is known
KNOWN = {"founding_day": 0.3, "cooperation_day": 0.35, "key_person_day": 0.12, "business_peak": 0.15, "main_festival": 0.2}  # fmt: skip
PEAKS = (["机床展", "秋季订货会", "年度体系审核", "旺季备货"], ["Trade fair", "Annual audit", "Start of the season"])  # fmt: skip
FESTIVALS = ([("中秋节", 9, 25), ("春节", 2, 6)], [("Christmas", 12, 25), ("Company summer fair", 7, 10)])  # fmt: skip
SOON = {"华东机电": ("founding_day", 4), "博力仪表": ("cooperation_day", 8), "苏星精工": ("cooperation_day", 6),
        "南桥五金": ("business_peak", 2)}  # fmt: skip


def write(files, people, days):
    """Findings, levels and dates of all customers."""
    chance = random.Random(41)  # noqa: S311  (a demo, no secret)
    firms = [file for file in files if file.customer.kind == Customer.Kind.ORGANISATION]
    findings = [row for file in firms for row in found(file, days, chance)]
    of_each(people, "qualification.save", findings, by_author,
            lambda own: qualification.insert([row for _login, row in own], lambda row: row.said_at))  # fmt: skip
    known = [row for file in firms for row in deep(file, people, days, chance)]
    of_each(people, "depth.save", known, lambda one: one[1].person.username,
            lambda own: depth.insert(own, lambda row: row.set_at))  # fmt: skip
    coming = [row for file in firms for row in remembered(file, days, chance)]
    of_each(people, "important_dates.add", coming, by_author,
            lambda own: important_dates.insert([row for _login, row in own], lambda row: row.said_at))  # fmt: skip


def by_author(item):
    return item[0]


def of_each(people, verb, items, login_of, insert):
    """Insert what each person has said, under their name."""
    for login, own in groupby(sorted(items, key=login_of), key=login_of):
        own = list(own)
        with audit.verb(verb, people[login]):
            for row in own:
                if hasattr(row[1], "said_by_id"):
                    row[1].said_by = people[login]
            insert(own)


# -- MAN -------------------------------------------------------------------------------------------
def found(file, days, chance):
    """(login, Finding) of the letters that were asked about at a customer."""
    customer = file.customer
    stopped = customer.status == "closed"
    if not stopped and chance.random() > ASKED[customer.tier]:
        return
    for letter, likely in zip(man.letters(), YES[customer.status], strict=True):
        value = Value.YES if chance.random() < likely else Value.NO
        if not stopped and chance.random() < UNKNOWN:
            continue
        row = Finding(customer=customer, letter=letter.id, value=value)
        row.found_on = day_of(file, letter.valid_days * (0.95 if stopped else 1.15), days, chance)
        row.said_at = days.noon(row.found_on)
        row.evidence = chance.choice(list(letter.evidence[value].values()))
        if value == Value.YES and chance.random() < 0.4:
            row.words = chance.choice(WORDS[letter.id][0 if file.chinese else 1])
        if letter.id == Letter.AUTHORITY and value == Value.YES:
            row.contact = there(file)[0]
        yield file.manager_at(row.said_at), row


def there(file):
    """Contacts who have a place there now, the most important first."""
    return [contact for contact, place, _channels in file.contacts if not place.ended_on]


def day_of(file, most, days, chance):
    """A working day within the last `most` days, not before the customer was there."""
    age = min(chance.uniform(1, most), max(days.age(file.began) - 1, 1))
    return days.ago(age, chance).date()


# -- how deep --------------------------------------------------------------------------------------
def deep(file, people, days, chance):
    """(customer, Depth) of those of ours who know somebody there now."""
    here = {contact.pk for contact in there(file)}
    for _file, link in file.links:
        if link.ended_on or link.contact.pk not in here or chance.random() > SET:
            continue
        level = chance.choices(LEVELS, DEEP[file.customer.tier])[0]
        needed = len(levels.level(level).evidence_pairs)
        oldest = 372 if chance.random() < OLD else 300
        on = [days.today - int(chance.uniform(5, oldest)) * DAY for _number in range(needed)]
        row = Depth(
            person=link.person, contact=link.contact, level=level, oldest_on=min(on),
            evidence_on=[day.isoformat() for day in on], set_at=days.noon(max(on)),
        )  # fmt: skip
        if file.customer.tier == levels.CONFIRMED_AT and chance.random() < CONFIRMED:
            lead = people[LEADS[file.team]]
            if lead != row.person:
                row.confirmed_by, row.confirmed_at, row.version = lead, row.set_at + 2 * DAY, 2
                row.confirmed_at = min(row.confirmed_at, days.now)
        yield file.customer, row


# -- dates -----------------------------------------------------------------------------------------
def remembered(file, days, chance):
    """(login, ImportantDate) of the days that were entered of a customer."""
    soon = SOON.get(file.customer.name)
    for kind in dates.kinds():
        near = soon and soon[0] == kind.id
        if not near and chance.random() > KNOWN[kind.id]:
            continue
        said = days.ago(chance.uniform(20, 200), chance)
        row = ImportantDate(customer=file.customer, kind=kind.id, guard=kind.guard, said_at=said,
                            said_on=said.date())  # fmt: skip
        on, row.name = day_and_name(file, kind.id, chance)
        if near:
            on = days.calendar.add_working_days(days.today, soon[1])
        if kind.is_of_person:
            row.contact = there(file)[0]
        row.put(on.month, on.day)
        yield file.manager_at(said), row


def day_and_name(file, kind, chance):
    """(a day whose year does not matter, what it is called)."""
    language = 0 if file.chinese else 1
    on = date(2000, chance.randint(1, 12), chance.randint(1, 28))
    if kind == "cooperation_day":
        return file.began.date().replace(year=2000), ""
    if kind == "main_festival":
        name, month, day = chance.choice(FESTIVALS[language])
        return date(2000, month, day), name
    return on, chance.choice(PEAKS[language]) if kind == "business_peak" else ""
