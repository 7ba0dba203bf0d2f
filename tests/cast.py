"""The named cast: who does what in almost every test.

East team   li (holds), chen (backup), lead.east = he        South team   wu, lead.south = qian
above both  head.sales = zhao       director = sun           service line gao, and pan of the line
support.technical = lin · finance = tang · hr = hu · auditor = fang · admin = yu
mo is on notice, ren has left, bai is frozen, ming is an employee (referrer)
"""

import pickle
from datetime import UTC, datetime

from psycopg2.extras import DateTimeTZRange

from accounts import audit
from accounts.access import Role
from accounts.models import Membership, Person, Unit
from crm.models import Customer
from crm.seats import Reason, Seat

START = datetime(2024, 1, 1, tzinfo=UTC)
PASSWORD = "holdfast-test"
# attribute: (login, name, Latin name, roles, unit, head?, state)
PEOPLE = {
    "li": ("rep.east", "李伟", "Li Wei", [Role.REP], "east", False, "active"),
    "chen": ("rep.east2", "陈洁", "Chen Jie", [Role.REP], "east", False, "active"),
    "he": ("lead.east", "何军", "He Jun", [Role.TEAM_LEAD], "east", True, "active"),
    "wu": ("rep.south", "吴昊", "Wu Hao", [Role.REP], "south", False, "active"),
    "qian": ("lead.south", "钱莉", "Qian Li", [Role.TEAM_LEAD], "south", True, "active"),
    "zhao": ("head.sales", "赵敏", "Zhao Min", [Role.HEAD_OF_SALES], "sales", True, "active"),
    "sun": ("director", "孙岚", "Sun Lan", [Role.DIRECTOR], "root", True, "active"),
    "gao": ("service", "高云", "Gao Yun", [Role.SERVICE], "line", False, "active"),
    "pan": ("service2", "潘宁", "Pan Ning", [Role.SERVICE], "line", False, "active"),
    "lin": ("support.technical", "林涛", "Lin Tao", [Role.SUPPORT], "technical", False, "active"),
    "tang": ("finance", "唐静", "Tang Jing", [Role.FINANCE], "finance", False, "active"),
    "hu": ("hr", "胡蓉", "Hu Rong", [Role.HR], "hr", False, "active"),
    "fang": ("auditor", "方圆", "Fang Yuan", [Role.AUDITOR], "root", False, "active"),
    "yu": ("admin", "于洋", "Yu Yang", [Role.ADMINISTRATOR], "root", False, "active"),
    "mo": ("rep.leaving", "莫凡", "Mo Fan", [Role.REP], "east", False, "on_notice"),
    "ren": ("rep.left", "任杰", "Ren Jie", [Role.REP], "east", False, "left"),
    "bai": ("rep.frozen", "白雪", "Bai Xue", [Role.REP], "east", False, "frozen"),
    "ming": ("employee", "明月", "Ming Yue", [Role.EMPLOYEE], "finance", False, "active"),
}
UNITS = {  # key: (name, Chinese name, parent, kind, function)
    "root": ("Company", "公司", None, "company", "office"),
    "sales": ("Sales", "销售部", "root", "department", "sales"),
    "east": ("East team", "华东组", "sales", "team", "sales"),
    "south": ("South team", "华南组", "sales", "team", "sales"),
    "line": ("Service line", "客服专线", "root", "department", "service_line"),
    "technical": ("Technical", "技术部", "root", "department", "technical"),
    "finance": ("Finance", "财务部", "root", "department", "finance"),
    "hr": ("Human resources", "人力资源部", "root", "department", "hr"),
}


class Cast:
    """Attributes by name: people, units, and two customers with their seats."""

    def __init__(self):
        by_login = {p.username: p for p in Person.objects.all()}
        self.people = {name: by_login[row[0]] for name, row in PEOPLE.items()}
        self.__dict__.update(self.people)
        self.system = by_login["system"]
        self.units = {key: Unit.objects.get(name=row[0]) for key, row in UNITS.items()}
        self.huadong = Customer.objects.get(name="华东机电")  # East: li, backup chen, service gao
        self.nanqiao = Customer.objects.get(name="Nanqiao Hardware")  # South: wu alone

    def __getitem__(self, name):
        return self.people[name]


_as_built = []


def fresh():
    """The cast as it was built, without a question to the database: for the start of a test."""
    return pickle.loads(_as_built[0])


def build():
    """Make the world, as the system, if it is not there yet."""
    _build()
    _as_built[:] = [pickle.dumps(Cast(), pickle.HIGHEST_PROTOCOL)]


def _build():
    from django.contrib.auth.hashers import make_password
    from django.db import transaction

    if Unit.objects.exists():
        return
    system = Person.objects.system()
    password = make_password(PASSWORD)
    with transaction.atomic(), audit.verb("tests.build", system):
        units = {}
        for key, (name, zh, parent, kind, function) in UNITS.items():
            units[key] = Unit.objects.create(
                name=name, name_zh=zh, parent=units.get(parent), kind=kind, function=function
            )
        people = {}
        for attribute, (login, name, latin, roles, unit, head, state) in PEOPLE.items():
            people[attribute] = person = Person.objects.create(
                username=login, name=name, latin_name=latin, roles=roles, state=state,
                email=f"{login}@example.com", password=password,
            )  # fmt: skip
            Membership.objects.create(
                person=person, unit=units[unit], post="head" if head else "member",
                period=DateTimeTZRange(START, None, "[)"),
            )  # fmt: skip
        customers(units, people, system)


def customers(units, people, system):
    """Two customers: one with three seats in the East, one with a lone account manager in the South."""
    from crm.services import ownership

    huadong = Customer.objects.create(
        name="华东机电", legal_name="华东机电有限公司", tier="A", status="active",
        home_unit=units["east"], origin="company_lead",
    )  # fmt: skip
    nanqiao = Customer.objects.create(
        name="Nanqiao Hardware", legal_name="Nanqiao Hardware Ltd", tier="B", status="active",
        home_unit=units["south"], origin="referral",
    )  # fmt: skip
    for customer, seat, name in [
        (huadong, Seat.ACCOUNT_MANAGER, "li"),
        (huadong, Seat.BACKUP, "chen"),
        (huadong, Seat.SERVICE_LINE, "gao"),
        (nanqiao, Seat.ACCOUNT_MANAGER, "wu"),
    ]:
        ownership.put(system, customer, seat, people[name], Reason.FIRST)
