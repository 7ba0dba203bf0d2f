"""Plans a year of activities with each customer: in working hours, by whoever answered then."""

import random
import uuid
from datetime import timedelta

from config.demo.company import AWAY
from config.demo.contacts import ABROAD
from config.demo.files import LEADS
from config.demo.story import NOTES, PRODUCTS
from crm.models import Activity
from crm.selectors.cadence import DAYS

Kind, Proof = Activity.Kind, Activity.Proof
SPACE = uuid.UUID("7c1d1b1e-5a36-4f0e-9f0e-0d2f3b5a6c7d")  # makes the same client ids every time
YEAR = 368
STEP = {"A": 19, "B": 33, "C": 80}  # days between two activities, about
KINDS = {False: (50, 30, 8, 12), True: (12, 32, 16, 40)}  # weights by whether it is far away
STALE = 0.09  # share of customers in service whose clock has run out
NO_CONTACT = 0.06
DUE = [-4, -1, 0, 0, 1, 2, 3, 4, 6, 8, 11, 15, 21]  # days from today of an open next step


class Visits:
    """Plans what happened; the result of `of` is what crm.services.activities.insert takes."""

    def __init__(self, people, days):
        self.people, self.days = people, days
        self.chance = random.Random(21)  # noqa: S311  (a demo, no secret)
        self.number = 0

    def of(self, file):
        """(author's login, activity, contacts, visitors) of a customer, the latest first."""
        last = self.last_confirmed(file)
        ages = self.ages(file, last)
        found = []
        if last > 6 and file.customer.status != "closed" and self.chance.random() < 0.5:
            found.append(self.one(file, self.chance.uniform(1, last - 2), confirmed=False))
        for place, age in enumerate(ages):
            found.append(self.one(file, age, confirmed=place == 0 or self.chance.random() < 0.6))
        found = [one for one in found if one]
        self.next_steps(file, found)
        return found

    def last_confirmed(self, file):
        """How many days ago the customer was last met for certain."""
        allowed, chance = DAYS[file.customer.tier], self.chance
        if file.customer.status in ("dormant", "closed"):
            return chance.uniform(160, 330)
        if chance.random() < STALE:
            return allowed * chance.uniform(1.1, 2.3)
        return allowed * chance.uniform(0.06, 0.9)

    def ages(self, file, last):
        """Days ago of each activity, back to a year or the beginning."""
        oldest = min(YEAR, self.days.age(file.began) - 1)
        step, ages, age = STEP[file.customer.tier], [], last
        while age < oldest:
            ages.append(age)
            age += step * self.chance.uniform(0.6, 1.4)
        return ages

    def one(self, file, age, confirmed):
        """One activity so many days ago; None where nobody of ours could have been there."""
        at, chance = self.days.ago(age, self.chance), self.chance
        login = self.author(file, at)
        if at <= file.began or (login == AWAY and age < 4):
            return None
        kind = chance.choices(Kind.values, KINDS[file.team in ABROAD])[0]
        if confirmed and kind == Kind.MESSAGE:
            kind = Kind.CALL
        met = self.met(file, at, confirmed)
        proof, visitors = self.proof(file, kind, login, at) if confirmed and met else ("", [])
        note, step = self.words(file, kind)
        self.number += 1
        activity = Activity(
            customer=file.customer, author=self.people[login], kind=kind, happened_at=at, note=note,
            next_step=step, proof=proof, client_uuid=uuid.uuid5(SPACE, str(self.number)),
            confirmed_at=min(at + timedelta(hours=chance.randint(1, 20)), self.days.now) if proof else None,
        )  # fmt: skip
        return login, activity, met, visitors

    def author(self, file, at):
        """The account manager of that day, now and then the backup or one of the key-account team."""
        if file.backup and at > file.backup_since and self.chance.random() < 0.22:
            return file.backup
        if file.members and self.chance.random() < 0.1 and at > file.began + timedelta(days=1):
            return file.members[0]
        return file.manager_at(at)

    def met(self, file, at, confirmed):
        """Who of theirs took part: mostly the first ones."""
        if not confirmed and self.chance.random() < NO_CONTACT:
            return []
        there = [
            contact
            for contact, position, _channels in file.contacts
            if not position.ended_on or position.ended_on > at.date()
        ]
        weights = [8, 5, 3, 2, 1, 1][: len(there)]
        met = self.chance.choices(there, weights)
        if len(there) > 1 and self.chance.random() < 0.15:
            met.append(self.chance.choice([one for one in there if one is not met[0]]))
        return met

    def proof(self, file, kind, login, at):
        """The proof that the author did not type, and who came along."""
        if kind != Kind.VISIT:
            return self.chance.choices([Proof.REPLY, Proof.SERVICE, Proof.ORDER], (7, 2, 1))[0], []
        with_whom = [one for one in (file.backup, LEADS[file.team]) if one and one != login]
        joined = file.backup_since and at > file.backup_since
        if with_whom and joined and self.chance.random() < 0.25:
            return Proof.JOINT, [self.people[self.chance.choice(with_whom)]]
        return self.chance.choices([Proof.LOCATION, Proof.REPLY, Proof.ORDER], (6, 2, 1))[0], []

    def words(self, file, kind):
        """A note and what is to follow, in the language of the customer."""
        note, step = self.chance.choice(NOTES[kind, file.chinese])
        product = self.chance.choice(PRODUCTS)[0 if file.chinese else 1]
        said = {"p": product, "n": self.chance.choice([20, 50, 80, 120, 200, 300, 500])}
        return note.format(**said), step.format(**said)

    def next_steps(self, file, found):
        """The latest may have a next step that is open; those of the earlier ones have been done."""
        for place, (_login, activity, _met, _visitors) in enumerate(found):
            if not activity.next_step:
                continue
            day = activity.happened_at.date()
            is_open = (
                place == 0 and file.customer.status in ("active", "prospect") and not file.vacant
            )
            if is_open and self.chance.random() < 0.65:
                activity.next_step_on = max(self.days.due(self.chance.choice(DUE)), day)
                continue
            later = timedelta(days=self.chance.randint(2, 12))
            activity.next_step_on = min(day + later, self.days.today)
            done = activity.happened_at + timedelta(days=self.chance.randint(1, 9), hours=1)
            activity.next_step_done_at = min(done, self.days.now)
