"""Plans the file of each customer: facts, seats with their history, contacts. Nothing is written here."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from psycopg2.extras import DateTimeTZRange

from config.demo.company import LEFT, PEOPLE
from config.demo.contacts import ABROAD, Contacts
from config.demo.customers import CUSTOMERS, LONE, NOWHERE, PRIVATE, TEAMS, VACANT
from config.demo.firms import Firms
from config.demo.names import Names
from crm.models import Assignment, Customer
from crm.seats import Reason, Seat
from kit.names import HAN

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LEADS = {team: f"lead.{team}" for team in TEAMS}
LINE = ["service", "pan.ning", "lead.line"]
MOVED_FOR = [Reason.WORKLOAD, Reason.WORKLOAD, Reason.REGION, Reason.REQUEST, Reason.ORG]
ORIGINS = {"company_lead": 45, "advert": 17, "referral": 14, "brought": 12, "unknown": 12}
STATES = {"active": 80, "prospect": 10, "dormant": 7, "closed": 3}
# Customers change hands within so many days, but for a few that are so many days over.
TENURE, OVERDUE, OVER = 180, 0.04, 45
PRIVATE_SHARE, LONE_SHARE, VACANT_SHARE = 0.02, 0.09, 0.008


@dataclass(eq=False)
class File:
    """A customer with everything around it, as yet unsaved."""

    customer: Customer
    team: str
    began: datetime
    vacant: bool = False
    house: str = ""  # the word that the firms of its group share
    stints: list = field(default_factory=list)  # (login, start, end) of account managers
    is_rotated: bool = False  # the last one took over by rotation
    backup: str = ""
    backup_since: datetime | None = None
    members: list = field(default_factory=list)
    seats: list = field(default_factory=list)
    contacts: list = field(default_factory=list)  # (Contact, Position, channel values)
    links: list = field(default_factory=list)

    @property
    def chinese(self):
        return bool(HAN.search(self.customer.name))

    @property
    def manager(self):
        return self.stints[-1][0]

    def manager_at(self, at):
        """The login of the account manager at an instant, or of the first one."""
        held = [login for login, start, _end in self.stints if start <= at]
        return held[-1] if held else self.stints[0][0]


class Files(Contacts):
    """Plans all files in order; `chance` is always the same."""

    def __init__(self, people, regions, industries, days, small):
        self.people, self.regions, self.industries = people, regions, industries
        self.days, self.now, self.small = days, days.now, small
        self.chance = random.Random(20)  # noqa: S311  (a demo, no secret)
        self.turns = random.Random(180)  # noqa: S311
        self.names = Names(self.chance)
        told = [row for rows in CUSTOMERS.values() for row in rows]
        self.firms = Firms(self.chance, [name for row in told for name in row[:2]])
        self.joined = {login: days.morning(row[-1]) for login, row in PEOPLE.items()}
        self.left = days.morning(LEFT[1])

    def make(self):
        """All files, those that others belong to first."""
        for team, (total, regions, reps) in TEAMS.items():
            told = CUSTOMERS.get(team, [])
            private = [row for row in PRIVATE if row[1] == team]
            for place, row in enumerate(told):
                yield self.told(team, list(reps)[place % len(reps)], row)
            for name, _team, region in private:
                yield self.private(team, self.rep(reps), name, region)
            if not self.small:
                yield from self.invented(team, total - len(told) - len(private), regions, reps)

    def rep(self, reps):
        return self.firms.weighted(reps)

    # -- customers -----------------------------------------------------------------------------

    def told(self, team, manager, row):
        """The file of a customer whose facts are told in the list."""
        name, legal, tier, region, industry, status, origin = row
        town = legal[:2] if HAN.search(legal) and name not in NOWHERE else None
        facts = {"name": name, "legal_name": legal, "tier": tier, "status": status,
                 "origin": origin, "address": self.firms.address(region, town)}  # fmt: skip
        days = self.chance.randint(420, 1_100)
        return self.file(team, manager, facts, region, industry, days, name in VACANT)

    def private(self, team, manager, name, region):
        facts = {"kind": "person", "name": name, "tier": "C", "status": "active",
                 "origin": "company_lead", "address": self.firms.address(region)}  # fmt: skip
        return self.file(team, manager, facts, region, None, self.chance.randint(90, 900))

    def invented(self, team, count, regions, reps):
        """So many files of invented firms, some of them in groups, and of some private persons."""
        while count > 0:
            manager, region = self.rep(reps), self.firms.weighted(regions)
            if self.chance.random() < PRIVATE_SHARE:
                foreign = team in ABROAD or self.chance.random() < 0.2
                name = self.names.abroad(region) if foreign else self.names.chinese()
                yield self.private(team, manager, name, region)
                count -= 1
                continue
            head = self.firm(team, manager, self.firms.one(region))
            yield head
            count -= 1
            for _ in range(min(count, self.chance.choice([0] * 28 + [2, 3]))):
                below = self.firms.one(self.firms.weighted(regions), house=head.house)
                yield self.firm(team, self.chance.choice([manager, self.rep(reps)]), below, head)
                count -= 1

    def firm(self, team, manager, firm, head=None):
        """The file of an invented firm; `head` is the file of the firm it belongs to."""
        status = self.firms.weighted(STATES)
        tier = self.chance.choices("ABC", (14, 33, 53))[0] if status == "active" else "BCC"[
            self.chance.randrange(3)
        ]  # fmt: skip
        new = self.chance.random() < 0.14 or status == "prospect"
        days = self.chance.randint(8, 300) if new else self.chance.randint(380, 1_390)
        if status in ("dormant", "closed"):
            days = min(days + 400, 1_390)
        facts = {"name": firm.name, "legal_name": firm.legal, "tier": tier, "status": status,
                 "origin": self.firms.weighted(ORIGINS),
                 "address": self.firms.address(firm.region, firm.town)}  # fmt: skip
        vacant = status in ("active", "prospect") and self.chance.random() < VACANT_SHARE
        file = self.file(team, manager, facts, firm.region, firm.industry, days, vacant)
        file.house = firm.house
        if head is not None:
            file.customer.parent = head.customer
        return file

    def file(self, team, manager, facts, region, industry, days, vacant=False):
        """A file of these facts with its seats and contacts; it began so many days ago."""
        began = self.days.ago(days, self.chance)
        if facts["tier"] == "A" and facts["name"] not in LONE and self.chance.random() < 0.12:
            manager = LEADS[team]  # some large ones are held by who leads the team
        customer = Customer(
            **facts, created_at=began, region=self.regions[region],
            industry=self.industries.get(industry),
        )  # fmt: skip
        file = File(customer, team, began, vacant)
        self.stints(file, manager)
        self.rotate(file)
        if facts["origin"] in ("referral", "brought"):
            customer.origin_person = self.people[file.stints[0][0]]
        self.seats(file)
        self.contacts(file, region)
        self.links(file)
        return file

    # -- seats ---------------------------------------------------------------------------------

    def stints(self, file, manager):
        """Who was account manager from when to when, back to the beginning."""
        handed = [at for at in sorted(self.days.ago(self.chance.randint(25, 720), self.chance)
                  for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2]))) if at > file.began + 60 * DAY]  # fmt: skip
        if file.team == "east" and self.joined[manager] < self.left and self.chance.random() < 0.2:
            handed = [at for at in handed if at < self.left - 60 * DAY] + [self.left]
        end = None
        while True:
            earliest = self.days.next_morning(self.joined[manager] + 9 * DAY)
            start = handed.pop() if handed and handed[-1] > earliest else max(earliest, file.began)
            start = max(file.began, min(start, self.days.before(end or self.now, 4)))
            file.stints.insert(0, (manager, start, end))
            if start <= file.began:
                break
            manager, end = self.before(file.team, manager, start), start
        if file.vacant:
            login, start, _end = file.stints[-1]
            end = max(start + HOUR, self.days.ago(self.chance.randint(3, 30), self.chance))
            file.stints[-1] = (login, start, end)

    def rotate(self, file):
        """Who would have held a customer for too long took it over from somebody in between."""
        manager, start, end = file.stints[-1]
        if end is not None or self.days.age(start) <= TENURE:
            return
        held = int(self.turns.triangular(8, TENURE - 2, TENURE // 3))
        if self.turns.random() < OVERDUE:
            held = TENURE + self.turns.randint(2, OVER)
        since = self.days.morning(held)
        around = {manager, *(login for login, _start, _end in file.stints[-2:-1])}
        could = [login for login in [*TEAMS[file.team][2], LEADS[file.team]]
                 if login not in around and self.joined[login] + 60 * DAY < since]  # fmt: skip
        if could and since > start + 60 * DAY:
            other = self.turns.choice(could)
            begun = max(start, self.days.next_morning(self.joined[other] + 9 * DAY))
            former = [(manager, start, begun)] if begun > start else []
            file.stints[-1:] = [*former, (other, begun, since), (manager, since, None)]
            file.is_rotated = True

    def before(self, team, manager, at):
        """Somebody of the team who could have held a customer until an instant."""
        if team == "east" and at == self.left:
            return LEFT[0]
        could = [login for login in [*TEAMS[team][2], LEADS[team]]
                 if login != manager and self.joined[login] < at - 60 * DAY]  # fmt: skip
        return self.chance.choice(could)

    def seats(self, file):
        """The seats of a file as rows, with the reason of each change."""
        tier, name = file.customer.tier, file.customer.name
        for place, (login, start, end) in enumerate(file.stints):
            if file.is_rotated and end is None:
                why = Reason.ROTATION
            else:
                why = Reason.NEW if place == 0 else self.chance.choice(MOVED_FOR)
            if file.stints[place - 1][0] == LEFT[0] and place:
                why = Reason.ORG
            self.seat(file, Seat.ACCOUNT_MANAGER, login, start, end, why)
        self.seat(file, Seat.SERVICE_LINE, self.chance.choice(LINE), file.began, None, Reason.NEW)
        lone = name in LONE or self.chance.random() < LONE_SHARE
        wants = tier != "C" or self.chance.random() < 0.25
        if wants and not (lone or file.vacant or file.customer.status == "closed"):
            self.backup(file)
        if tier == "A":
            lead, others = LEADS[file.team], [
                login for login in TEAMS[file.team][2] if login not in (file.manager, file.backup)
            ]  # fmt: skip
            file.members = [lead] if lead != file.manager else []
            file.members += (
                [self.chance.choice(others)] if self.chance.random() < 0.25 and others else []
            )
            for login in file.members:
                start = max(file.began, self.days.next_morning(self.joined[login] + DAY))
                why = Reason.NEW if start == file.began else Reason.REQUEST
                self.seat(file, Seat.KEY_ACCOUNT_MEMBER, login, start, None, why)

    def backup(self, file):
        """The second seat, since it could be held beside the account managers of the time."""
        reps = [login for login in TEAMS[file.team][2] if login != file.manager]
        file.backup = self.chance.choice(reps)
        since = self.days.next_morning(file.began + self.chance.randint(0, 40) * DAY)
        for login, _start, end in file.stints[:-1]:
            if login == file.backup:
                since = end
        since = max(since, self.days.next_morning(self.joined[file.backup] + 12 * DAY))
        file.backup_since = min(since, self.days.morning(2))
        held = [end for login, _start, end in file.stints[:-1] if login == file.backup]
        if held and file.backup_since < max(held):
            file.backup_since = max(held)
        self.seat(file, Seat.BACKUP, file.backup, file.backup_since, None, Reason.COVER)

    def seat(self, file, seat, login, start, end, why):
        file.seats.append(Assignment(
            customer=file.customer, person=self.people[login], seat=seat, reason=why,
            period=DateTimeTZRange(start, end, "[)"),
        ))  # fmt: skip
