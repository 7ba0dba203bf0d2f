"""What is to be done at the customers: open, overdue and closed tasks, and planned visits."""

import random
import uuid
from datetime import time, timedelta
from itertools import groupby

from accounts import audit
from accounts.audit import record_many
from config.demo.visits import SPACE
from crm.models import Task
from crm.services import tasks

Kind, State = Task.Kind, Task.State
SHARE = 0.5  # of the customers that somebody looks after
CLOSED = 0.45  # of the tasks
DUE = [-6, -3, -1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 7, 9, 12, 16, 24]  # days from today of an open one
HOURS = [9, 10, 10, 11, 14, 14, 15, 16]
WORDS = {
    (Kind.TO_DO, True): ["发报价单", "寄样品", "核对应收账款", "补开发票", "准备年度框架协议", "更新联系人名单"],
    (Kind.TO_DO, False): ["Send the quote", "Ship the samples", "Check the open invoices",
                         "Prepare the framework agreement", "Update the list of contacts"],
    (Kind.VISIT, True): ["拜访采购负责人", "看新车间", "季度回访", "现场试切"],
    (Kind.VISIT, False): ["Visit the head of purchasing", "See the new hall", "Quarterly visit"],
    (Kind.CALL, True): ["确认交期", "问下季度用量", "回访试用情况"],
    (Kind.CALL, False): ["Confirm the delivery date", "Ask about the next quarter"],
    (Kind.MEETING, True): ["线上评审图纸", "付款方式沟通会"],
    (Kind.MEETING, False): ["Go through the drawing", "Talk about terms of payment"],
}  # fmt: skip
CAME_OF_IT = {
    True: ["已办妥", "对方已确认", "改到下月再谈", ""],
    False: ["Done", "They agreed", "Next month", ""],
}
CALLED_OFF = {True: "客户取消了", False: "Called off by the customer"}


def make(people, files, days):
    """Tasks of account managers and backups, each planned by whoever has it."""
    chance = random.Random(9)  # noqa: S311  (a demo, no secret)
    held = [file for file in files if not file.vacant and file.customer.status != "closed"]
    found = [one for file in held if chance.random() < SHARE
             for one in of_customer(file, people, days, chance)]  # fmt: skip
    for number, task in enumerate(found):
        task.client_uuid = uuid.uuid5(SPACE, f"task {number}")
    found.sort(key=lambda task: task.person.username)
    for login, own in groupby(found, lambda task: task.person.username):
        written(people[login], list(own))


def written(person, own):
    """Write the tasks of one person, and the trail of those that were closed."""
    with audit.verb("tasks.plan", person):
        tasks.insert(own, when=lambda task: task.made_at)
    for state, verb in ((State.DONE, "tasks.finish"), (State.DROPPED, "tasks.drop")):
        closed = [task for task in own if task.state == state]
        if closed:
            with audit.verb(verb, person):
                record_many([
                    {"subject": task, "customer": task.customer_id, "happened_at": task.done_at,
                     "changes": {"state": (State.OPEN, state)}}
                    for task in closed
                ])  # fmt: skip


def of_customer(file, people, days, chance):
    """One or two tasks of a customer."""
    for _number in range(chance.choice([1, 1, 1, 2])):
        login = file.backup if file.backup and chance.random() < 0.12 else file.manager
        kind = chance.choices(Kind.values, (5, 3, 2, 1))[0]
        task = Task(
            customer=file.customer, kind=kind, title=chance.choice(WORDS[kind, file.chinese]),
            person=people[login], first_person=people[login], made_by=people[login],
            contact=chance.choice([None, *there(file)][:3]),
        )  # fmt: skip
        if chance.random() < CLOSED:
            close(task, file, days, chance)
        else:
            leave_open(task, days, chance)
        yield task


def there(file):
    """Contacts who have a place there now."""
    return [contact for contact, position, _channels in file.contacts if not position.ended_on]


def leave_open(task, days, chance):
    """An open task; what has an hour is planned for one."""
    task.due_on = days.due(chance.choice(DUE))
    task.made_at = days.ago(chance.randint(7, 20), chance)
    if task.kind != Kind.TO_DO:
        task.starts_at = days.at(task.due_on, time(chance.choice(HOURS)))


def close(task, file, days, chance):
    """A task that was done some days ago, or that came to nothing."""
    task.done_at = days.ago(chance.randint(1, 60), chance)
    task.due_on = task.done_at.astimezone(days.calendar.zone).date()
    task.made_at = task.done_at - timedelta(days=chance.randint(2, 9))
    task.done_by, task.state = task.person, State.DONE
    task.outcome = chance.choice(CAME_OF_IT[file.chinese])
    if chance.random() < 0.1:
        task.state, task.outcome = State.DROPPED, CALLED_OFF[file.chinese]
