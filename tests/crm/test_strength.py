"""Strength and threads equal what a loop over plain rows finds, in a small world and a real export."""

import csv
import random
from copy import deepcopy
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Content
from accounts.selectors.content import content
from crm.models import Activity, ActivityContact, ActivityVisitor, Contact, Customer, Position
from crm.selectors import network, thread_list, threads
from tests.crm.imports_world import DATA, absent
from tests.handover import overview_world as world

EXPORT = DATA / "salesforce-export"
POINTS = {"visit": 4, "call": 2, "meeting": 2, "message": 1}
PEOPLE = ["li", "chen", "he", "wu", "gao", "mo"]


# -- the oracle: plain Python over plain rows ------------------------------------------------------
def scores(rows):
    """(who, whom) → the sum of weight × 2^(−age ÷ 45) over what was confirmed."""
    found = {}
    for row in rows:
        if not row["confirmed"]:
            continue
        came = [who for who, said in row["along"] if said]
        points = 5 if row["kind"] == "visit" and came else POINTS[row["kind"]]
        for who in [row["who"], *came]:
            for whom in row["whom"]:
                worth = points * 2 ** (-row["days"] / 45)
                found[who, whom] = found.get((who, whom), 0) + worth
    return found


def tier(score):
    return next((name for least, name in [(6, "strong"), (2, "moderate"), (0.25, "weak")]
                 if score >= least), "none")  # fmt: skip


def sides(rows, gone=()):
    """(ours, theirs) in confirmed contact within 90 days; a call of the service line is theirs only."""
    live = [
        (row, set(row["whom"]) - set(gone)) for row in rows if row["confirmed"] and row["days"] < 90
    ]
    live = [(row, whom) for row, whom in live if whom]
    ours = {
        who for row, _whom in live for who in [row["who"], *(w for w, said in row["along"] if said)]
    }
    return len(ours - {"gao"}), len({one for _row, whom in live for one in whom})


# -- worlds ----------------------------------------------------------------------------------------
def put(cast, customer, row):
    """A plain row as an activity."""
    at = timezone.now() - timedelta(days=row["days"])
    made = Activity.objects.create(
        customer=customer, author=cast[row["who"]], kind=row["kind"], happened_at=at,
        proof="reply" if row["confirmed"] else "", confirmed_at=at if row["confirmed"] else None,
    )  # fmt: skip
    for whom in row["whom"]:
        ActivityContact.objects.create(activity=made, contact_id=whom)
    for who, said in row["along"]:
        ActivityVisitor.objects.create(
            activity=made, person=cast[who], confirmed_at=at if said else None
        )


def drawn(chance, contacts):
    """A random row: who, whom, how, how long ago, with whom, whether anything proves it."""
    who, *rest = chance.sample(PEOPLE, 3)
    return {
        "who": who, "whom": chance.sample(contacts, chance.randint(0, min(2, len(contacts)))),
        "kind": chance.choice(list(POINTS)), "days": chance.choice([0, 3, 20, 44, 60, 88, 91, 200]),
        "confirmed": chance.random() < 0.7,
        "along": [(one, chance.random() < 0.5) for one in rest[: chance.randint(0, 2)]],
    }  # fmt: skip


def told(viewer, contact_ids):
    """(user name, contact) → tier of every thread with anything confirmed."""
    contacts = Contact.objects.in_bulk(contact_ids)
    return {(t.person.pk, t.contact.pk): t for t in network.threads(viewer, contacts)}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_tiers_and_threads_of_a_small_world_are_those_of_a_loop(cast, seed):
    chance = random.Random(seed)
    firm = world.customer(cast, "Firm", manager="li")
    contacts = [one.pk for one in world.contacts(firm, 4)]
    rows = [drawn(chance, contacts) for _row in range(14)]
    for row in rows:
        put(cast, firm, row)
    found = told(cast.sun, contacts)
    wanted = scores(rows)
    assert {key for key, t in found.items() if t.count} == {(cast[w].pk, c) for w, c in wanted}
    for (who, whom), score in wanted.items():
        thread = found[cast[who].pk, whom]
        assert thread.order == pytest.approx(score, rel=1e-4) and thread.tier == tier(score)
    assert threads.live([firm.pk]).get(firm.pk, (0, 0)) == sides(rows)
    made = network.of_customer(cast.sun, firm)
    assert made.live == sides(rows)


@pytest.mark.parametrize("side", [0, 1])
def test_the_list_of_a_side_holds_who_hangs_on_one_there(cast, side):
    chance, hanging = random.Random(side), set()
    Customer.objects.update(status="closed")
    for place in range(12):
        firm = world.customer(cast, f"Firm {place}", manager="li")
        contacts = [one.pk for one in world.contacts(firm, 3)]
        rows = [drawn(chance, contacts) for _row in range(chance.randint(0, 5))]
        for row in rows:
            put(cast, firm, row)
        if sides(rows)[side] <= 1:
            hanging.add(firm.pk)
    found = Customer.objects.filter(thread_list.hanging(thread_list.SIDES[side]))
    assert set(found.values_list("pk", flat=True)) == hanging and 0 < len(hanging) < 12


def read(name):
    with (EXPORT / f"{name}.csv").open(encoding="utf-8-sig") as file:
        return [row for row in csv.DictReader(file) if row["IsDeleted"] not in ("1", "true")]


@absent
def test_tiers_and_threads_of_an_export_are_those_of_a_loop(cast):
    """Its tasks as activities: who owns them and what proves them are dealt out, days are moved to now."""
    firms = {
        row["Id"]: world.customer(cast, row["Name"][:80], manager=None) for row in read("Account")
    }
    contacts = {}
    for row in read("Contact"):
        if row["AccountId"] in firms:
            one = Contact.objects.create(name=row["Name"][:80])
            Position.objects.create(contact=one, customer=firms[row["AccountId"]], function="other")
            contacts[row["Id"]] = (one.pk, row["AccountId"])
    tasks = [row for row in read("Task") if row["WhoId"] in contacts and row["ActivityDate"]]
    last = max(day(row) for row in tasks)
    by_firm = {}
    for number, task in enumerate(tasks):
        whom, account = contacts[task["WhoId"]]
        by_firm.setdefault(account, []).append({
            "who": PEOPLE[number % 5], "whom": [whom], "kind": list(POINTS)[number % 4],
            "days": (last - day(task)).days, "confirmed": number % 3 > 0, "along": [],
        })  # fmt: skip
    for account, rows in by_firm.items():
        for row in rows:
            put(cast, firms[account], row)
    assert len(by_firm) > 10
    found = told(cast.sun, [pk for pk, _account in contacts.values()])
    wanted = scores([row for rows in by_firm.values() for row in rows])
    assert {key: t.tier for key, t in found.items() if t.count} == {
        (cast[who].pk, whom): tier(score) for (who, whom), score in wanted.items()
    }
    live = threads.live([firm.pk for firm in firms.values()])
    for account, firm in firms.items():
        assert live.get(firm.pk, (0, 0)) == sides(by_firm.get(account, []))


def day(row):
    return datetime.strptime(row["ActivityDate"][:10], "%Y-%m-%d")


# -- what counts -----------------------------------------------------------------------------------
def plain(cast, whom, **more):
    return {
        "who": "li",
        "whom": whom,
        "kind": "visit",
        "days": 1,
        "confirmed": True,
        "along": [],
    } | more


def test_what_nobody_confirmed_is_told_as_such_and_makes_no_tier(cast):
    [whom] = world.contacts(cast.huadong, 1)
    for _turn in range(3):
        put(cast, cast.huadong, plain(cast, [whom.pk], confirmed=False))
    [thread] = network.of_contact(cast.li, whom)
    assert (thread.tier, thread.count, thread.logged, thread.last_at) == ("none", 0, 3, None)


def test_a_companion_who_has_not_confirmed_adds_nothing_to_anybody(cast):
    [whom] = world.contacts(cast.huadong, 1)
    put(cast, cast.huadong, plain(cast, [whom.pk], along=[("he", False)]))
    found = {t.person: t for t in network.of_contact(cast.li, whom)}
    assert found[cast.li].kinds["visit"] == 1 and found[cast.li].kinds["joint"] == 0
    assert found[cast.he].tier == "none"


def test_evidence_names_each_kind_with_what_weighs_most_first(cast):
    [whom] = world.contacts(cast.huadong, 1)
    for kind in ("message", "call", "call", "visit"):
        put(cast, cast.huadong, plain(cast, [whom.pk], kind=kind))
    put(cast, cast.huadong, plain(cast, [whom.pk], along=[("he", True)]))
    found = {t.person: t for t in network.of_contact(cast.li, whom)}
    assert found[cast.li].evidence == "1 joint visit, 1 visit, 2 calls, 1 answered message"


def test_the_company_decides_what_a_visit_weighs_and_how_fast_it_fades(cast):
    [whom] = world.contacts(cast.huadong, 1)
    put(cast, cast.huadong, plain(cast, [whom.pk], days=10))
    assert network.of_contact(cast.li, whom)[0].tier == "moderate"
    body = deepcopy(content("relationship"))
    body["strength"]["weights"]["visit"], body["strength"]["half_life_days"] = 1, 10
    Content.objects.update_or_create(name="relationship", defaults={"body": body, "version": 2})
    [thread] = network.of_contact(cast.li, whom)
    assert thread.order == pytest.approx(0.5, rel=1e-3) and thread.tier == "weak"


# -- who moved -------------------------------------------------------------------------------------
def test_who_moved_is_no_thread_to_where_they_were(cast):
    stays, goes = world.contacts(cast.huadong, 2)
    put(cast, cast.huadong, plain(cast, [stays.pk]))
    put(cast, cast.huadong, plain(cast, [goes.pk], who="chen"))
    assert threads.live([cast.huadong.pk])[cast.huadong.pk] == (2, 2)
    yesterday = timezone.localdate() - timedelta(days=1)
    Position.objects.filter(contact=goes).update(ended_on=yesterday)
    assert threads.live([cast.huadong.pk])[cast.huadong.pk] == (1, 1)
    assert network.of_customer(cast.li, cast.huadong).live == (1, 1)
    Position.objects.create(contact=goes, customer=cast.huadong, function="other")  # back again
    assert threads.live([cast.huadong.pk])[cast.huadong.pk] == (2, 2)
