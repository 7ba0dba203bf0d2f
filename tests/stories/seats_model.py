"""Who answers for customers, in plain Python: what every act on seats should have come to.

Nothing here asks the product. Seats are (person, number of the seat) so that two seats of one person
one after the other are not the same seat.
"""

from dataclasses import dataclass, field
from itertools import count

MANAGER, BACKUP = "account_manager", "backup"
TEAMS = {"li": "east", "chen": "east", "he": "east", "wu": "south"}
HEADS = {"east": ["he", "zhao", "sun"], "south": ["qian", "zhao", "sun"]}
WORKING = ["li", "chen", "he", "wu"]


@dataclass
class Row:
    """A change of one seat: from whom, to whom, and what came of it."""

    customer: int
    seat: str
    giver: str | None
    taker: str | None
    state: str = "waiting"
    number: int | None = None  # of the seat that was made
    ended: list = field(default_factory=list)  # other seats that the taker left for it
    tasks: list = field(default_factory=list)


@dataclass
class Set:
    """A change set."""

    rows: list
    state: str = "applied"
    later: bool = False
    basis: object = None


class Model:
    """Customers, their seats and open tasks, people, and change sets."""

    def __init__(self):
        self.numbers = count(1)
        self.seats = {}  # customer → seat → (person, number)
        self.past = {}  # customer → everybody who was account manager, None for vacancies
        self.unit = {}  # customer → whose heads answer for a vacancy
        self.plans = {}  # customer → (seat, person): a start that lies ahead
        self.tasks = {}  # open task → [customer, person]
        self.state = dict.fromkeys([*WORKING, "qian", "zhao", "sun"], "active")
        self.away = set()
        self.sets = {}  # id → Set
        self.shares = {}  # id → (customer, person)

    # -- asked ---------------------------------------------------------------------------------
    def holder(self, customer, seat=MANAGER):
        return self.seats[customer].get(seat, (None, None))[0]

    def able(self, name):
        return (
            name is not None
            and self.state[name] in ("active", "on_notice")
            and name not in self.away
        )

    def may_receive(self, name):
        return self.state[name] == "active" and name not in self.away

    def answers(self, customer):
        """Who answers now: the account manager, else the backup, else the nearest head who can."""
        manager, backup = self.holder(customer), self.holder(customer, BACKUP)
        heads = HEADS[TEAMS[manager] if manager else self.unit[customer]]
        line = [manager, backup, *(head for head in heads if head != manager)]
        return next((name for name in line if self.able(name)), None)

    def reserved(self, customer, seat):
        return any(
            row.customer == customer and row.seat == seat and row.state == "waiting"
            for one in self.sets.values() if one.state in ("approved", "scheduled")
            for row in one.rows
        )  # fmt: skip

    def may_take(self, customer, seat, name):
        """Whether the single verb lets somebody take a seat now."""
        mine = [where for where in (MANAGER, BACKUP) if self.holder(customer, where) == name]
        touched = {seat, *mine}
        return (
            self.may_receive(name)
            and mine != [seat]
            and MANAGER not in mine
            and not any(self.reserved(customer, where) for where in touched)
            and not self.hinders(customer, seat, name)
        )

    def hinders(self, customer, seat, name=None):
        """Whether a plan stands in the way: of this seat, or of the person who would take it."""
        plan = self.plans.get(customer)
        return plan is not None and (plan[0] == seat or plan[1] == name)

    def basis(self, rows):
        """What a set rests on."""
        people = {name for row in rows for name in (row.giver, row.taker) if name}
        customers = sorted({row.customer for row in rows})
        return (
            [(pk, sorted(self.seats[pk].items()), self.plans.get(pk)) for pk in customers],
            sorted((name, self.state[name], name in self.away) for name in people),
        )

    # -- what happens ----------------------------------------------------------------------------
    def add(self, customer, name):
        self.seats[customer] = {MANAGER: (name, next(self.numbers))}
        self.past[customer], self.unit[customer] = [name], TEAMS[name]

    def take(self, customer, seat, name, tasks_follow=True):
        """Somebody takes a seat, or nobody. Returns the Row."""
        held = self.seats[customer]
        row = Row(customer, seat, self.holder(customer, seat), name, "applied")
        held.pop(seat, None)
        for other in [where for where, (who, _number) in held.items() if name and who == name]:
            row.ended.append(other)
            del held[other]
        if name:
            row.number = next(self.numbers)
            held[seat] = (name, row.number)
        if seat == MANAGER:
            self.past[customer].append(name)
            if name:
                self.unit[customer] = TEAMS[name]
        if tasks_follow and row.giver and name:
            row.tasks = self.follow(customer, row.giver, name)
        return row

    def end(self, customer, seat):
        """A seat is emptied: its open tasks go to whoever answers now."""
        row = self.take(customer, seat, None)
        answers = self.answers(customer)
        if answers:
            row.tasks = self.follow(customer, row.giver, answers)
        return row

    def follow(self, customer, giver, taker, only=None):
        moved = []
        for pk, task in self.tasks.items():
            if task == [customer, giver] and giver != taker and (only is None or pk in only):
                task[1] = taker
                moved.append(pk)
        return moved

    def arrives(self, customer):
        """The instant of a plan has come."""
        seat, name = self.plans.pop(customer)
        return self.take(customer, seat, name)

    def apply(self, one):
        """A set is carried out."""
        for row in one.rows:
            if row.state == "waiting" and self.hinders(row.customer, row.seat, row.taker):
                row.state = "failed"  # its time was moved before that of a plan
            elif row.state == "waiting":
                done = self.take(row.customer, row.seat, row.taker)
                row.state, row.number, row.ended, row.tasks = "applied", done.number, done.ended, done.tasks  # fmt: skip
        one.state = "applied"

    def undo(self, one):
        """A set is taken back, but for what has changed since."""
        for row in one.rows:
            if row.state == "applied" and not self.keeps(row):
                self.put_back(row)
                row.state = "undone"
        left = any(row.state == "applied" for row in one.rows)
        if any(row.state == "undone" for row in one.rows):
            one.state = "partly_undone" if left else "undone"

    def keeps(self, row):
        """Whether something keeps a row from going back."""
        planned_for = self.holder(row.customer, row.seat) or "nobody"
        if self.reserved(row.customer, row.seat) or self.hinders(
            row.customer, row.seat, planned_for
        ):
            return True
        if row.giver and self.hinders(row.customer, row.seat, row.giver):
            return True
        if self.seats[row.customer].get(row.seat, (None, None))[1] != row.number:
            return True
        if row.giver and not self.may_receive(row.giver):
            return True
        return bool(row.giver) and self.holder(row.customer) == row.giver

    def put_back(self, row):
        held = self.seats[row.customer]
        back = self.take(row.customer, row.seat, row.giver, tasks_follow=False)
        again = [seat for seat in row.ended if row.taker and seat not in held]
        # The seat that the first holder gives up for the return is free only after it.
        again = [seat for seat in again if seat not in back.ended]
        for seat in again:
            self.take(row.customer, seat, row.taker, tasks_follow=False)
        if row.giver and not row.taker:  # the seat was left empty: its tasks come back
            for pk in row.tasks:
                if pk in self.tasks:
                    self.tasks[pk][1] = row.giver
        if not (row.giver and row.taker):
            return
        stays = any(who == row.taker for who, _number in held.values())
        self.follow(row.customer, row.taker, row.giver, row.tasks if stays else None)
