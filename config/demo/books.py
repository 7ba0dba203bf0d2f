"""Gives the demo company its customers: seats with history, contacts, links, a year of activities."""

import random
import uuid
from datetime import timedelta

from django.utils.translation import override

from accounts import audit
from config.demo import story
from config.demo.customers import CUSTOMERS, INDUSTRIES, LONE, PRIVATE, REGIONS, VACANT
from crm.models import Industry, Region
from crm.seats import Reason, Seat
from crm.services import activities, contacts, customers, links, ownership
from crm.services.seat_history import record_seat
from kit.names import HAN

TEAMS = {
    "east": ["rep.east", "chen.jie", "zhou.ting", "xu.lei", "mo.fan"],
    "south": ["rep.south", "huang.yan", "deng.kai", "luo.min"],
}
SERVICE = ["service", "pan.ning"]
SPACE = uuid.UUID("7c1d1b1e-5a36-4f0e-9f0e-0d2f3b5a6c7d")  # makes the same client ids every time


class Books:
    """Everything about customers, made in order; `chance` is always the same."""

    def __init__(self, system, people, now):
        self.system, self.people, self.now = system, people, now
        self.chance = random.Random(20)  # noqa: S311  (a demo, no secret)
        self.number = 0
        self.names = {True: iter(story.CONTACTS_ZH * 9), False: iter(story.CONTACTS_EN * 9)}

    def make(self):
        """Regions, industries, then customer by customer."""
        self.lists()
        for team, rows in CUSTOMERS.items():
            for place, row in enumerate(rows):
                self.customer(team, place, row)
        for place, (name, team, region) in enumerate(PRIVATE):
            row = (name, "", "C", region, None, "active", "company_lead")
            self.customer(team, place + 3, row, kind="person")

    def lists(self):
        """The lists a customer chooses from."""
        with audit.verb("seed_demo.lists", self.system):
            self.regions = {}
            for position, (key, (name, name_zh, parent)) in enumerate(REGIONS.items()):
                self.regions[key] = Region.objects.create(
                    name=name, name_zh=name_zh, parent=self.regions.get(parent), position=position
                )
            self.industries = {
                key: Industry.objects.create(name=name, name_zh=name_zh)
                for key, (name, name_zh) in INDUSTRIES.items()
            }

    def customer(self, team, place, row, kind="organisation"):
        """One customer with its file, as old as its history."""
        name, legal, tier, region, industry, status, origin = row
        reps = TEAMS[team]
        manager, backup = reps[place % len(reps)], reps[(place + 1) % len(reps)]
        origin_person = self.people[manager] if origin in ("referral", "brought") else None
        began = self.now - timedelta(days=self.chance.randint(420, 1100), hours=place)
        with audit.happened(began):
            customer = customers.create(
                actor=self.system,
                values={"kind": kind, "name": name, "legal_name": legal, "tier": tier,
                        "status": status, "origin": origin, "origin_person": origin_person,
                        "region": self.regions[region], "industry": self.industries.get(industry)},
            )  # fmt: skip
        self.seats(customer, team, manager, backup, began)
        met = self.contacts(customer, manager, backup)
        if status != "prospect" or name not in VACANT:
            self.activities(customer, manager, backup, met)
        if name in VACANT:
            ownership.end(actor=self.system, customer=customer, seat=Seat.ACCOUNT_MANAGER,
                          why=Reason.WORKLOAD)  # fmt: skip

    def seats(self, customer, team, manager, backup, began):
        """Who held it before, who holds it now."""
        handed = began + (self.now - began) * self.chance.uniform(0.3, 0.7)
        before = self.chance.choice([None, *TEAMS[team]])
        if before in (None, manager, backup):
            handed = began
        else:
            self.seat(customer, Seat.ACCOUNT_MANAGER, before, began, handed)
        self.seat(customer, Seat.ACCOUNT_MANAGER, manager, handed)
        service = SERVICE[customer.pk % 2]
        self.seat(customer, Seat.SERVICE_LINE, service, began)
        if customer.tier != "C" and customer.name not in LONE:
            self.seat(customer, Seat.BACKUP, backup, handed)
        if customer.tier == "A":
            lead = "lead.east" if team == "east" else "lead.south"
            self.seat(customer, Seat.KEY_ACCOUNT_MEMBER, lead, handed)
            self.seat(customer, Seat.KEY_ACCOUNT_MEMBER, "support.technical", handed)

    def seat(self, customer, seat, login, start, end=None):
        record_seat(actor=self.system, customer=customer, seat=seat, person=self.people[login],
                    start=start, end=end, why=Reason.FIRST)  # fmt: skip

    def contacts(self, customer, manager, backup):
        """Two or three people there, with phones, and who of ours knows them."""
        chinese = bool(HAN.search(customer.name))
        size = {"A": 4, "B": 3, "C": 2}[customer.tier] if customer.kind == "organisation" else 1
        made = []
        for post_zh, post_en, function, key in story.POSTS[:size]:
            name = customer.name if size == 1 else next(self.names[chinese])
            made.append(contacts.create(
                actor=self.system, customer=customer, values={"name": name},
                place={"title": post_zh if chinese else post_en, "function": function,
                       "is_key_person": key},
                channels=self.channels(function),
            ))  # fmt: skip
        since = (self.now - timedelta(days=self.chance.randint(60, 600))).date()
        for contact in made[: 1 + size // 2]:
            self.link(customer, contact, manager, "visit", since)
        if customer.tier != "C" and customer.name not in LONE:
            self.link(customer, made[0], backup, "phone", since)
        return made

    def channels(self, function):
        """A phone each; those who decide also have a mail address or a chat id."""
        tail = f"{self.chance.randint(0, 9999_9999):08d}"
        found = [{"kind": "phone", "value": f"138{tail}", "held_by": "company", "label": ""}]
        if function == "decision":
            found.append({"kind": "mail", "value": f"gm{tail[:4]}@customer.example",
                          "held_by": "company", "label": ""})  # fmt: skip
        if function == "purchase":
            held = self.chance.choice(["company", "company", "private"])
            found.append(
                {"kind": "wechat", "value": f"buy_{tail[:5]}", "held_by": held, "label": ""}
            )
        return found

    def link(self, customer, contact, login, through, since):
        links.add(actor=self.system, customer=customer, contact=contact, person=self.people[login],
                  values={"through": through, "since_on": since, "note": ""})  # fmt: skip

    def activities(self, customer, manager, backup, met):
        """A year of visits and calls, denser for the more important ones."""
        count = {"A": 12, "B": 7, "C": 3}[customer.tier]
        if customer.status in ("dormant", "prospect"):
            count = 2
        newest = (
            self.chance.choice([1, 3, 6, 9, 16, 40, 95]) if customer.status != "dormant" else 170
        )
        chinese = bool(HAN.search(customer.name))
        for place in range(count):
            days = newest + place * (340 - min(newest, 300)) / count
            at = self.now - timedelta(days=days, hours=self.chance.randint(0, 6), minutes=7 * place)
            other = customer.tier != "C" and customer.name not in LONE and place % 4 == 3
            self.activity(customer, backup if other else manager, met, at, chinese, place)

    def activity(self, customer, login, met, at, chinese, place):
        """One visit or call as its author would have typed it."""
        call = self.chance.random() < 0.3
        note, step = self.chance.choice(story.VISITS_ZH if chinese else story.VISITS_EN)
        if call:
            note = self.chance.choice(story.CALLS_ZH if chinese else story.CALLS_EN)
            step = ""
        open_step = step if place == 0 else ""
        due = (self.now + timedelta(days=self.chance.choice([-2, 0, 0, 1, 4]))).date()
        self.number += 1
        with audit.happened(at), override("en"):
            activities.log(
                actor=self.people[login], customer=customer,
                client_uuid=uuid.uuid5(SPACE, str(self.number)), kind="call" if call else "visit",
                happened_at=at, note=note, contacts=[self.chance.choice(met)],
                next_step=open_step, next_step_on=max(due, at.date()) if open_step else None,
            )  # fmt: skip
