"""A company whose customers differ in tier, holder, value and threads, made of rows."""

import random
from datetime import timedelta
from decimal import Decimal

from django.db import transaction

from accounts import audit
from crm.models import Activity, ActivityContact, Contact, Customer, Order, Position
from crm.seats import Reason, Seat
from crm.services import ownership
from kit.clock import database_now
from kit.dates import company_zone, today


def customer(cast, name, tier="A", manager="li", backup=None, days=None, entered=0, **fields):
    """A customer that somebody holds. days: since its last confirmed contact; entered: since it is there."""
    given = {"status": "active", "home_unit": cast.units["east"], "origin": "advert"} | fields
    with transaction.atomic(), audit.verb("tests.overview", cast.system):
        made = Customer.objects.create(
            name=name, tier=tier, created_at=database_now() - timedelta(days=entered),
            last_confirmed_at=None if days is None else database_now() - timedelta(days=days), **given,
        )  # fmt: skip
        for seat, who in ((Seat.ACCOUNT_MANAGER, manager), (Seat.BACKUP, backup)):
            if who:
                ownership.put(cast.system, made, seat, cast[who], Reason.FIRST)
    return made


def contacts(at, number):
    """So many of theirs at a customer."""
    found = []
    for place in range(number):
        one = Contact.objects.create(name=f"{at.name} {place}")
        Position.objects.create(contact=one, customer=at, function="other")
        found.append(one)
    return found


def talk(at, author, whom, days=5, confirmed=True, kind="visit"):
    """A conversation of so many days ago with some of theirs."""
    when = database_now() - timedelta(days=days)
    made = Activity.objects.create(
        customer=at, author=author, kind=kind, happened_at=when,
        proof="joint" if confirmed else "", confirmed_at=when if confirmed else None,
    )  # fmt: skip
    for one in whom:
        ActivityContact.objects.create(activity=made, contact=one)
    return made


def order(at, amount, days=30, currency="CNY", number=None, state="open"):
    """An order of so many days ago."""
    return Order.objects.create(
        customer=at, number=number or f"{at.pk}-{days}-{amount}", currency=currency,
        ordered_on=today(company_zone()) - timedelta(days=days), amount=Decimal(amount), state=state,
    )  # fmt: skip


def company(cast, seed=1, number=24):
    """A random company; returns what was made of it as plain rows for an oracle."""
    chance, rows = random.Random(seed), []
    for place in range(number):
        manager = chance.choice(["li", "chen", "he", "wu", "qian", "zhao", None])
        row = {
            "tier": chance.choice("ABC"),
            "manager": manager,
            "days": chance.choice([None, 3, 20, 40, 100]),
        }
        row["status"] = chance.choice(["active"] * 5 + ["closed"])
        backup = chance.choice([None, "mo"])
        row["backup"] = backup
        made = customer(
            cast, f"Firm {place:02}", row["tier"], manager, backup, days=row["days"],
            home_unit=cast.units[chance.choice(["east", "south"])], status=row["status"],
        )  # fmt: skip
        row["made"], row["talks"], row["orders"] = made, [], []
        whom = contacts(made, 4)
        for _talk in range(chance.randint(0, 5)):
            said = (chance.choice(["li", "chen", "he", "wu", "gao"]), chance.sample(range(4), chance.randint(0, 3)),
                    chance.choice([1, 30, 80, 95, 110]), chance.random() < 0.8)  # fmt: skip
            author, who, days, confirmed = said
            talk(made, cast[author], [whom[n] for n in who], days, confirmed)
            row["talks"].append(said)
        for _order in range(chance.randint(0, 2)):
            said = (
                chance.randint(1, 90_000),
                chance.choice([10, 200, 500]),
                chance.choice(["open", "cancelled"]),
            )
            order(made, said[0], said[1], number=f"{place}-{len(row['orders'])}", state=said[2])
            row["orders"].append(said)
        rows.append(row)
    return rows
