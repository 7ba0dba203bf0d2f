"""Gives the demo company its customers: writes what the other modules plan, through the services.

Every entry of the trail has the verb and the person it would have had on its day, with that day as
the one on which it is said to have happened.
"""

from itertools import groupby

from accounts import audit
from accounts.audit import initial, record_many
from accounts.models import Unit
from accounts.selectors.org import home_unit
from config.demo import facts, papers, private, relations
from config.demo.customers import INDUSTRIES, REGIONS, TERRITORIES
from config.demo.files import LEADS, Files
from config.demo.trade import RATES, WAVER, Trade
from config.demo.visits import Visits
from crm.models import Industry, Rate, Region, Territory
from crm.selectors.channels import normalised
from crm.services import access_index, activities, channels, contacts, customers, links, trade
from crm.services.seat_history import record_all
from kit import bulk

CHUNK = 1_000


def make(system, people, days, small):
    """All customers and what happened with them. Returns their files."""
    regions, industries = lists(system, people, days)
    files = list(Files(people, regions, industries, days, small).make())
    with access_index.together():
        write_customers(people, files)
        write_seats(people, files)
        write_contacts(people, files, days)
    facts.write(files, people, days)
    with access_index.together():
        write_activities(people, files, days)
    write_trade(people, files, days)
    private.write(files, people, days.now)
    relations.write(files, people, days)
    papers.write(files, people, days)
    return files


def lists(system, people, days):
    """What a customer chooses from, who looks after which region, what currencies are worth."""
    with audit.verb("shell.seed_demo", system):
        regions = {}
        for position, (key, (name, name_zh, parent)) in enumerate(REGIONS.items()):
            regions[key] = Region.objects.create(
                name=name, name_zh=name_zh, parent=regions.get(parent), position=position
            )
        industries = {
            key: Industry(name=name, name_zh=name_zh) for key, (name, name_zh) in INDUSTRIES.items()
        }
        bulk.insert(list(industries.values()))
        since = days.back(365).date()
        territories = bulk.insert([
            Territory(person=people[login], region=regions[key], started_on=since)
            for login, key in TERRITORIES
        ])  # fmt: skip
        made = [*regions.values(), *industries.values()]
        record_many([{"subject": row, "changes": initial(row, {"name"})} for row in made])
        record_many([{"subject": row, "changes": initial(row, {"person", "region", "started_on"})}
                     for row in territories])  # fmt: skip
        rates(days)
    return regions, industries


def rates(days):
    """What foreign currencies were worth month by month."""
    made = {}
    for currency, (worth, step) in RATES.items():
        for month in range(15):
            since = days.back(30 * month).date().replace(day=1)
            rate = worth + step * (14 - month) + WAVER[month % len(WAVER)]
            made[currency, since] = Rate(currency=currency, since=since, rate=rate)
    rows = bulk.insert(list(made.values()))
    record_many([
        {"subject": row, "changes": initial(row, {"currency", "since", "rate"}),
         "happened_at": days.noon(row.since)}
        for row in rows
    ])  # fmt: skip


def by_person(items, login_of):
    """(login, its items), everybody once, in the order of their names."""
    for login, found in groupby(sorted(items, key=login_of), key=login_of):
        yield login, list(found)


def write_customers(people, files):
    """Each entered by its first account manager; a firm before those that belong to it."""
    company = Unit.objects.get(parent=None)
    units = {login: home_unit(person) or company for login, person in people.items()}
    for file in files:
        file.customer.home_unit = units[file.manager]
    for round_ in (False, True):
        some = [file for file in files if bool(file.customer.parent) == round_]
        for login, own in by_person(some, lambda file: file.stints[0][0]):
            with audit.verb("customers.create", people[login]):
                customers.insert([file.customer for file in own], when=lambda row: row.created_at)


def write_seats(people, files):
    """Who held which seat, recorded by who leads the team."""
    for login, led in by_person(files, lambda file: LEADS[file.team]):
        rows = [seat for file in led for seat in file.seats]
        for row in rows:
            row.made_by = people[login]
        record_all(actor=people[login], assignments=rows)


def write_contacts(people, files, days):
    """Contacts with places, channels and who knows them, entered by the account manager."""
    for login, own in by_person(files, lambda file: file.stints[0][0]):
        actor = people[login]
        found = [one for file in own for one in file.contacts]
        with audit.verb("contacts.create", actor):
            contacts.insert(
                [contact for contact, _position, _values in found],
                [position for _contact, position, _values in found],
                when=lambda row: getattr(row, "contact", row).created_at,
            )
        with audit.verb("channels.add", actor):
            channels.insert(
                [(position.customer, contact, sound(values)) for contact, position, several in found
                 for values in several],
                when=lambda row: row.contact.created_at,
            )  # fmt: skip
    known = [item for file in files for item in file.links]
    for login, own in by_person(known, lambda item: item[1].person.username):
        with audit.verb("links.add", people[login]):
            links.insert(
                [(file.customer, link) for file, link in own],
                when=lambda link: days.noon(link.since_on),
            )


def sound(values):
    return values | {"value": normalised(values["kind"], values["value"])}


def write_activities(people, files, days):
    """A year of visits, calls and meetings, each logged by its author on its day."""
    visits = Visits(people, days)
    found = [one for file in files for one in visits.of(file)]
    for login, own in by_person(found, lambda one: one[0]):
        with audit.verb("activities.log", people[login]):
            for start in range(0, len(own), CHUNK):
                activities.insert(
                    [(activity, {contact.pk for contact in met}, visitors)
                     for _login, activity, met, visitors in own[start : start + CHUNK]],
                    when=lambda row: row.happened_at,
                )  # fmt: skip


def write_trade(people, files, days):
    """Orders in the order of their numbers, and payments, as finance recorded them."""
    orders, lines, payments = Trade(people, days).of(files)
    with audit.verb("trade.record_order", people["finance"]):
        trade.insert(orders, when=lambda row: days.noon(row.ordered_on))
        trade.insert_lines(lines, when=lambda row: days.noon(row.order.ordered_on))
    with audit.verb("trade.record_payment", people["finance"]):
        trade.insert_payments(payments, when=lambda row: days.noon(row.paid_on))
