"""What goes on at present: planned changes, shares with an end, visits that wait for a confirmation."""

import random
import uuid
from datetime import timedelta

from accounts import audit
from config.demo.company import AWAY, ON_NOTICE
from config.demo.customers import CUSTOMERS, TEAMS
from config.demo.files import LEADS
from config.demo.story import ALONG, ALONG_EN, WHY, WHY_EN
from config.demo.visits import SPACE
from crm.models import Activity
from crm.seats import Reason, Seat
from crm.services import activities, ownership, shares

DAY = timedelta(days=1)
JOINED = ["rep.east", "rep.south"]  # whose leads came along these days
CALM = [ON_NOTICE, AWAY]  # nobody plans to give them anything
TOLD = {row[0] for rows in CUSTOMERS.values() for row in rows}


def make(people, files, days):
    """A few open matters in every team, done by those who may."""
    chance = random.Random(7)  # noqa: S311
    free = [file for file in files if file.customer.name not in TOLD and not file.vacant
            and file.customer.status == "active"]  # fmt: skip
    planned = []
    for team in TEAMS:
        own = [file for file in free if file.team == team and file.manager != LEADS[team]
               and takers(file)]  # fmt: skip
        chance.shuffle(own)
        plan_changes(people, own[:3], team, chance, days)
        planned += own[:3]
        give_shares(people, own[3:6], team, chance, days)
    leaving = [file for file in free if file.manager == ON_NOTICE and file not in planned
               and takers(file)][:4]  # fmt: skip
    plan_changes(people, leaving, "east", chance, days)
    for number, file in enumerate(
        file for file in files if file.manager in JOINED and file.customer.status == "active"
    ):
        if number % 9 == 0:
            ask_along(people, file, chance, days, number)


def plan_changes(people, files, team, chance, days):
    """Who leads the team gives customers to others from a day to come on."""
    for file in files:
        day = days.due(chance.randint(4, 38))
        ownership.assign(
            actor=people[LEADS[team]], customer=file.customer, seat=Seat.ACCOUNT_MANAGER,
            person=people[chance.choice(takers(file))], why=Reason.WORKLOAD,
            starts_at=days.midnight(day),
        )  # fmt: skip


def takers(file):
    """Those of the team who have no seat at a customer and may get one."""
    team = file.team
    return [login for login in [*TEAMS[team][2], LEADS[team]]
            if login not in (file.manager, file.backup, *file.members, *CALM)]  # fmt: skip


def give_shares(people, files, team, chance, days):
    """Somebody of another team may look, until an end that is near for some."""
    for number, file in enumerate(files):
        other = chance.choice([name for name in TEAMS if name != team])
        login = chance.choice([one for one in TEAMS[other][2] if one not in CALM])
        shares.grant(
            actor=people[LEADS[team]], customer=file.customer, person=people[login],
            right=chance.choice(["read_customer", "log_customer"]),
            until=days.midnight(days.due([3, 12, 45][number % 3])),
            why=chance.choice(WHY if file.chinese else WHY_EN),
        )  # fmt: skip


def ask_along(people, file, chance, days, number):
    """A visit of these days, which a colleague who came along has not confirmed yet."""
    lead = people[LEADS[file.team]]
    at = days.ago(chance.choice([1, 2, 4]), chance)
    there = [one for one, position, _values in file.contacts if not position.ended_on]
    if at <= file.began or not there:
        return
    note = chance.choice(ALONG if file.chinese else ALONG_EN)
    with audit.happened(at):
        activities.log(
            actor=people[file.manager], customer=file.customer, kind=Activity.Kind.VISIT,
            client_uuid=uuid.uuid5(SPACE, f"along {number}"), happened_at=at, note=note,
            contacts=there[:1], visitors=[lead],
        )  # fmt: skip
