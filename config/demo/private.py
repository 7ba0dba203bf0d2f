"""Gives the demo's private customers a file, and its households what two people have decided."""

import random
from datetime import timedelta

from accounts.access import Action, can
from crm.models import Customer
from crm.services import erasure, private_file, private_switches

# field → what may be said of it: (of customers written in Chinese, of others)
SAID = {
    "service_address": (["锦绣花园 8 栋 2 单元 1203 室", "滨江小区 3 栋 501 室"], ["Gartenweg 4, 2nd floor", "12 Mill Lane, flat B"]),
    "access_notes": (["电梯需刷卡，提前十分钟来电", "中午十二点到两点不打扰"], ["Park behind the house", "Quiet from noon to two"]),
    "private_contact_preference": (["微信，晚上七点后", "电话，周末上午"], ["Mail first", "Calls after six"]),
    "product_preferences": ([["小包装", "中等价位"], ["原味", "常买两箱"]], [["Small packs", "Middle price"], ["Two boxes at a time"]]),
    "buying_rhythm": (["约六周一次", "每季度一次"], ["About every six weeks", "Once a quarter"]),
    "cares_about": (["送货准时，包装完好"], ["Delivery on the day promised"]),
    "do_not_contact": (["none", "none", "service_only", "nothing"], ["none", "none", "service_only"]),
}  # fmt: skip
SHARE = 0.7


def write(files, people, now):
    """Decide about two fields of households, and fill in files by who looks after each customer."""
    switch = private_switches.ask(
        actor=people["admin"], field="household_children",
        values={"purpose": "按儿童年龄推荐合适、安全的产品", "basis": "separate_consent", "retention_days": 365},
    )  # fmt: skip
    private_switches.agree(actor=people["director"], switch=switch)
    private_switches.ask(
        actor=people["admin"], field="special_care",
        values={"purpose": "避免上门服务时造成不便", "basis": "separate_consent", "retention_days": 180},
    )  # fmt: skip
    chance = random.Random(17)  # noqa: S311  (a demo, no secret)
    households = []
    for file in files:
        login = file.manager_at(now) if file.customer.kind == Customer.Kind.PERSON else None
        if login and can(people[login], Action.CUSTOMER_EDIT, file.customer):
            fill(file, people[login], chance)
            households.append((file.customer, people[login]))
    erasures(households, people, now)


def erasures(households, people, now):
    """One household has asked to be erased, another must not be for a while."""
    (asking, manager), (disputed, _manager) = households[-1], households[-2]
    erasure.ask(
        actor=manager, customer=asking, ground="asked", asked_on=now.date() - timedelta(days=4)
    )
    erasure.hold(
        actor=people["director"], customer=disputed, ground="质保纠纷，律师函 2026-17",
        until_on=now.date() + timedelta(days=120),
    )  # fmt: skip


def fill(file, actor, chance):
    """The file of one private customer."""
    values = {
        name: {"value": chance.choice(said[0 if file.chinese else 1])}
        for name, said in SAID.items() if chance.random() < SHARE
    }  # fmt: skip
    if chance.random() < SHARE / 2:
        values["household_children"] = {
            "value": {chance.choice(["age_0_2", "age_3_6", "age_7_12"]): 1}
        }
    if values:
        private_file.save(actor=actor, customer=file.customer, values=values, source="customer")
