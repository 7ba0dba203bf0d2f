"""Tasks as pages and others need them: lists, what is open where, and who may do what with one."""

from django.db.models import F, Q, Value
from django.db.models.expressions import RawSQL

from accounts.access import Action, Reach, Role, can, reach
from accounts.models import Absence, Person
from accounts.selectors.org import able_at, supervisor_of
from crm.access import Kind, Reaches, sight_of
from crm.models import Task
from crm.selectors import worklist
from crm.selectors.activities import hears_first
from crm.selectors.ownership import answers_for, holder, roles_with
from kit.dates import company_zone, today

# Roles that see customers to look after them; the others only read.
DOING = {Role.SERVICE, Role.DIRECTOR, *roles_with(Action.ACTIVITY_LOG)} - {Role.SYSTEM}


def with_people(tasks=None):
    """Tasks with everybody they name, in one statement."""
    tasks = Task.objects.all() if tasks is None else tasks
    return tasks.select_related(
        "customer", "contact", "person", "first_person", "made_by", "done_by", "activity"
    )


def open_at(customer_ids):
    """Open tasks at customers."""
    return Task.objects.open().filter(customer__in=customer_ids)


def at_customer(customer):
    """All tasks of a customer, before anybody's sight."""
    return Task.objects.filter(customer=customer)


def readable(task, person):
    """The task without what this person may not read of it: specialists hear the customer first."""
    if hears_first(person) and task.person_id != person.pk:
        task.title, task.note, task.outcome = str(Task.Kind(task.kind).label), "", ""
    return task


def listed(rows, person):
    """Visible tasks of a list, with everybody they name and `may_log`, in one statement."""
    sight = sight_of(person, Action.ACTIVITY_LOG)
    whole = Value(sight.everything)
    may_log = whole if sight.everything or sight.nothing else Reaches(F("customer"), sight)
    return with_people(rows.visible_to(person)).annotate(may_log=may_log)


def shown(tasks, person):
    """Tasks of `listed` as a list shows them: readable, each with `may_finish`."""
    for task in tasks:
        mine = person.pk in (task.person_id, task.made_by_id)
        task.may_finish = task.is_open and (mine or task.may_log)
    return [readable(task, person) for task in tasks]


# -- who -------------------------------------------------------------------------------------------


def may_change(person, task):
    """Whose task it is, who planned it, and whoever logs at this customer, as long as they see it."""
    mine = person.pk in (task.person_id, task.made_by_id)
    return can(person, Action.CUSTOMER_VIEW if mine else Action.ACTIVITY_LOG, task)


def is_away(person):
    """Whether an absence of this person runs now."""
    return Absence.objects.at().filter(person=person).exists()


def does_tasks(person):
    """Whether a role of this person looks after customers."""
    return bool(DOING & set(person.roles))


def answering(task):
    """Who is to do an open task now: who has it, or who answers for the customer instead."""
    person = task.person
    if able_at(person) and can(person, Action.CUSTOMER_VIEW, task.customer):
        return person
    return answers_for(task.customer)


# -- who may have one --------------------------------------------------------------------------------

NEAR = """
    SELECT a.principal / 4 FROM crm_customeraccess a
    WHERE a.customer_id = %s AND a.principal %% 4 <> 3 AND (a.rights & 1) <> 0
      AND a.valid_from <= statement_timestamp() AND a.valid_to > statement_timestamp()
"""


def candidates(actor, customer):
    """People whom a form offers a task at a customer: by seat or share there, the head above, oneself."""
    manager = holder(customer)
    heads = [manager and supervisor_of(manager), actor]
    away = Absence.objects.at()
    here = Person.objects.filter(state=Person.State.ACTIVE, roles__overlap=sorted(DOING)).exclude(
        pk__in=away.values("person")
    )
    near = Q(pk__in=RawSQL(NEAR, [customer.pk])) | Q(pk__in=[one.pk for one in heads if one])  # noqa: S611
    return Person.objects.filter(Q(pk=actor.pk) | near & Q(pk__in=here.values("pk"))).order_by(
        "sort_key"
    )


# -- lists -------------------------------------------------------------------------------------------


def covered_by(person):
    """Open tasks of people who cannot do them now, at customers that `person` answers for."""
    away = Person.objects.unavailable()
    at = worklist.answered(person).values("customer")
    return Task.objects.open().filter(customer__in=at, person__in=away.values("pk"))


def mine(person):
    """Open tasks that are this person's to do now."""
    own = Task.objects.open().filter(person=person).values("pk")
    return Task.objects.filter(pk__in=own.union(covered_by(person).values("pk")))


def had_by(person):
    """Closed tasks that this person had."""
    return Task.objects.closed().filter(person=person)


def of_team(person):
    """Tasks of the people that `person` leads; those of everybody for whoever sees all customers."""
    sight = sight_of(person)
    if sight.everything:
        return Task.objects.all()
    led = [key // 4 for key in sight.led if key % 4 == Kind.BOOK]
    return Task.objects.filter(person__in=led)


def of(person, rows):
    """Of some tasks those that a person has, or had when they were closed."""
    return rows.filter(person=person)


def sees_of_others(person):
    """Whether the lists of this person go beyond their own tasks."""
    return reach(person, Action.CUSTOMER_VIEW) >= Reach.TEAM


def due(person, most=8):
    """One's open tasks up to a week ahead, the oldest first."""
    until = today(company_zone()) + worklist.SOON
    rows = mine(person).visible_to(person).filter(due_on__lte=until)
    return [
        readable(task, person)
        for task in with_people(rows).order_by("due_on", "starts_at", "pk")[:most]
    ]


def panel(person, customer, most=5):
    """(the next open tasks of a customer, how many are open)."""
    rows = list(listed(open_at([customer.pk]), person).order_by("due_on", "pk")[: most + 1])
    total = len(rows) if len(rows) <= most else open_at([customer.pk]).count()
    return shown(rows[:most], person), total
