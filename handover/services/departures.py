"""The plan of a departure: made, and changed before the case opens; see `cases` for what follows.

A plan is a draft that nobody but those who run cases sees.
"""

from datetime import datetime, timedelta
from uuid import uuid5

from django.utils.translation import gettext as _

from accounts.access import Action, Role
from accounts.audit import assign, record
from accounts.models import Person
from accounts.selectors.calendar import working_calendar
from accounts.service import only, service
from handover.models import CustomerHandover, Departure, HandoverTask
from handover.selectors import final_pay, plan, plan_tasks, sign_offs, successors
from handover.services import departure_opening, handover_tasks, other_seats
from kit import bulk
from kit.dates import company_zone, today
from kit.errors import Conflict, Refused
from kit.locks import hold_off
from kit.once import first_of, harmless_twice
from kit.templatetags.words import day_words
from kit.versions import same_version

State = Departure.State
EDITABLE = {"last_day", "kind", "confidential_until", "named", "witness"}
LONGEST = timedelta(days=731)
MOST_LEAVERS, MOST_NAMED = 20, 50


# -- the plan --------------------------------------------------------------------------------------
@harmless_twice
@service(Action.DEPARTURE_RUN)
def prepare(*, actor, people, last_day, kind, confidential_until=None, named=(), client_uuid=None):
    """Make the plans of people who leave on the same day, one for each; nobody is told anything.

    people: Persons, of whom none is proposed as a successor of another. confidential_until: a day;
    until work begins on it only the actor and those named know. Returns the first Departure; sent
    twice, the one of the first time.
    """
    first_of(Departure, client_uuid, opened_by=actor)
    people = sorted(set(people), key=lambda one: one.pk)
    check_people(actor, people)
    until = secret_until(confidential_until, last_day)
    check_terms(last_day, kind)
    made = []
    for place, person in enumerate(people):
        number = client_uuid and (client_uuid if place == 0 else uuid5(client_uuid, str(person.pk)))
        made.append(Departure.objects.create(
            person=person, kind=kind, last_day=last_day, opened_by=actor, client_uuid=number,
            confidential_until=until,
        ))  # fmt: skip
    for departure in made:
        departure.named.set(check_named(people, named) if until else ())
        customers = generate(actor, departure)
        record(departure, {"person": (None, departure.person_id), "last_day": (None, last_day),
                           "kind": (None, kind), "customers": (None, customers)})  # fmt: skip
    return made[0]


def check_people(actor, people):
    """Somebody, not oneself, still here, and without a plan or case of their own."""
    if not people or len(people) > MOST_LEAVERS:
        raise Refused(_("Choose who leaves."), field="person")
    hold_off("departures.prepare")
    for person in people:
        if person.pk == actor.pk:
            raise Refused(_("Nobody runs their own departure."), field="person")
        if person.state == Person.State.LEFT or Role.SYSTEM in person.roles:
            raise Refused(
                _("%(person)s has left already.") % {"person": person.name}, field="person"
            )
        theirs = Departure.objects.filter(person=person, state__in=successors.LIVE)
        if theirs.visible_to(actor).exists():
            text = _("%(person)s has a departure case already.")
            raise Conflict(text % {"person": person.name}, field="person", code="has_case")
        if theirs.exists():
            raise Conflict(
                _("This needs a second approver."), field="person", code="second_approver"
            )


def check_terms(last_day, kind):
    """A last day that can be worked on, within two years, and a kind with a template."""
    if kind not in Departure.Kind.values:
        raise Refused(_("Choose one of these kinds."), field="kind")
    day, calendar = today(company_zone()), working_calendar()
    if last_day < day:
        raise Refused(
            _("The last working day has passed. Enter today or a later day."), field="last_day"
        )
    if last_day - day > LONGEST:
        raise Refused(_("Enter a day within two years."), field="last_day")
    if not calendar.is_working_day(last_day):
        before, after = (
            calendar.add_working_days(last_day, -1),
            calendar.add_working_days(last_day, 1),
        )
        text = _(
            "Nobody works on this day. The working day before is %(before)s, the next %(after)s."
        )
        around = {"before": day_words(before), "after": day_words(after)}
        raise Refused(text % around, field="last_day")


def secret_until(day, last_day):
    """The instant at which a secret ends: when work begins on that day. None where there is none."""
    if day is None:
        return None
    if not today(company_zone()) < day <= last_day:
        text = _("Choose a day from tomorrow to the last working day.")
        raise Refused(text, field="confidential_until")
    calendar = working_calendar()
    return datetime.combine(day, calendar.starts, calendar.zone)


def check_named(leavers, named):
    """Those who know of a confidential case: never a leaver."""
    named = list(named)
    if len(named) > MOST_NAMED:
        raise Refused(_("Name at most %(most)s people.") % {"most": MOST_NAMED}, field="named")
    if {one.pk for one in named} & {one.pk for one in leavers}:
        raise Refused(_("Whoever leaves cannot be named."), field="named")
    return named


def generate(actor, departure):
    """Write the customers and tasks of a plan. Returns how many customers."""
    planned = plan.customers_of(departure.person)
    successors.propose(departure.person, planned, at=plan.ends_at(departure),
                       without=successors.leavers(actor))  # fmt: skip
    rows = [
        CustomerHandover(
            departure=departure, customer=one.customer, tier=one.customer.tier, value=one.value,
            alone=one.alone, place=place, successor=one.successor, why=one.why,
        )
        for place, one in enumerate(planned, 1)
    ]  # fmt: skip
    if rows:
        bulk.insert(rows)
    write_tasks(departure, rows)
    other_seats.write(actor, departure)
    return len(rows)


def write_tasks(departure, rows, last_day=None):
    """Write the tasks of a plan anew, for its customers in their order; what HR chose by hand stays.

    last_day: the one that days chosen by hand were meant for, default the present one.
    """
    before = {(one.handover_id, one.key): one for one in departure.tasks.select_related("person")}
    left_out = {tuple(pair) for pair in departure.left_out}
    made = [
        one for one in plan_tasks.tasks(departure, rows)
        if (one.handover_id, one.key) not in left_out
    ]  # fmt: skip
    for one in made:
        if old := before.get((one.handover_id, one.key)):
            carry_over(old, one, last_day or departure.last_day)
    departure.tasks.all().delete()
    if made:
        bulk.insert(made)


def carry_over(old, new, last_day):
    """Keep in a new task what was chosen by hand for the old one, where it can still be meant."""
    last, day = new.departure.last_day, old.due_on
    if "person" in old.by_hand:
        new.person, new.by_hand = old.person, ["person"]
    same_side = (day < last_day) == (day < last) and day != last
    if new.key == final_pay.TASK:
        return  # the law or the decision of its day says by when
    if "due_on" in old.by_hand and same_side and day >= today(company_zone()):
        new.due_on, new.fits, new.by_hand = day, True, [*new.by_hand, "due_on"]


# -- before it is opened ---------------------------------------------------------------------------
@service(Action.DEPARTURE_RUN, on="departure")
def edit(*, actor, departure, values, version):
    """Change a plan: fields of EDITABLE. Of an open case only the witness and the secret.

    Another day or kind makes the tasks anew; the chosen successors stay. Raises Conflict for another
    version. Returns the departure.
    """
    same_version(departure, version)
    values = only(values, EDITABLE)
    if {"last_day", "kind"} & set(values):
        in_draft(departure)
    live(departure)
    named = values.pop("named", None)
    if "confidential_until" in values:
        day = values["confidential_until"]
        values["confidential_until"] = secret_until(day, values.get("last_day", departure.last_day))
        refuse_known(departure)
    elif "last_day" in values and departure_opening.is_secret(departure):
        still_before(departure.confidential_until, values["last_day"])
    changes = assign(departure, values)
    check_terms(departure.last_day, departure.kind) if {"last_day", "kind"} & set(changes) else None
    check_witness(departure)
    if named is not None:
        departure.named.set(check_named([departure.person], named))
        changes["named"] = (None, [one.pk for one in named])
    saved(departure)
    record(departure, changes)
    if {"last_day", "kind"} & set(changes):
        rows = list(departure.customers.select_related("customer", "successor"))
        write_tasks(departure, rows, changes.get("last_day", [None])[0])
    if "confidential_until" in changes:
        departure_opening.post_end_of_secret(departure)
    return departure


def still_before(until, last_day):
    """Refuse a last day that comes before what is kept secret may be known."""
    if until.astimezone(company_zone()).date() > last_day:
        raise Refused(
            _("The case is confidential until a later day. Change that first."), field="last_day"
        )


def in_draft(departure):
    """Refuse what can be changed in a plan alone."""
    if departure.state != State.DRAFT:
        raise Conflict(_("This case is open already. Its plan is not changed any more."))


def live(departure):
    """Refuse what comes after the end."""
    if departure.state not in successors.LIVE:
        raise Conflict(_("This case has ended."))


def refuse_known(departure):
    """What is known already is not made a secret again."""
    if departure.revealed_at:
        raise Conflict(_("This case is known already."), field="confidential_until")


def check_witness(departure):
    """The witness is neutral and here: the same that is asked when they sign."""
    witness = departure.witness
    if witness is not None and not sign_offs.can_watch(departure, witness):
        raise Refused(sign_offs.NOT_NEUTRAL, field="witness")


@service(Action.DEPARTURE_RUN, on="departure", people=("successor",))
def give(*, actor, departure, customers, successor):
    """Let somebody, or nobody yet, take over these customers (ids) of a plan. Returns how many."""
    in_draft(departure)
    rows = chosen_rows(departure, customers)
    check_successor(actor, departure, successor)
    hand_to(departure, rows, successor)
    record(departure, {"customers": (None, len(rows)), "successor": (None, successor)})
    return len(rows)


def chosen_rows(departure, customers):
    """The rows of some customers of a case, locked; Refused where there is none."""
    rows = departure.customers.filter(customer__in=set(customers)).select_related(
        "customer", "change__change_set"
    )
    rows = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not rows:
        raise Refused(_("Choose customers of this plan."), field="customers")
    return rows


def check_successor(actor, departure, successor):
    """Somebody who can take over: active, here, of a role that fits, and no leaver one knows of."""
    if successor and (text := successors.stops(actor, departure, successor)):
        raise Refused(text, field="successor")


def hand_to(departure, rows, successor):
    """Write who takes over these rows, with the tasks that are theirs."""
    for row in rows:
        row.successor, row.why = successor, {"code": "chosen"} if successor else {"code": "nobody"}
        row.version += 1
    bulk.update(rows, ["successor", "why", "version"])
    tasks = HandoverTask.objects.filter(handover__in=[row.pk for row in rows], who="successor")
    tasks.filter(state__in=HandoverTask.OPEN).update(person=successor)


@service(Action.DEPARTURE_RUN, on="task", under="departure", people=("person",))
def edit_task(*, actor, task, person, due_on):
    """Change who does a task of a plan (None: nobody yet) and by when. Returns the task."""
    in_draft(task.departure)
    if due_on == task.departure.last_day:
        raise Refused(_("Nothing is due on the last working day itself."), field="due_on")
    if not today(company_zone()) <= due_on <= task.departure.last_day + LONGEST:
        raise Refused(_("Enter a day from today on."), field="due_on")
    ready = final_pay.ready_by(task.departure) if task.key == final_pay.TASK else None
    if ready and due_on > ready:
        words = _("The final pay has to be ready by %(day)s.") % {"day": day_words(ready)}
        raise Refused(words, field="due_on")
    if person is not None and person.pk != task.person_id:
        handover_tasks.check_taker(actor, task, person)
    changes = assign(task, {"person": person, "due_on": due_on})
    if "due_on" in changes:
        task.fits = True
    task.by_hand = sorted({*task.by_hand, *changes})
    task.version += 1
    task.save()
    record(task, changes)
    return task


@service(Action.DEPARTURE_RUN, on="departure")
def drop_task(*, actor, departure, task):
    """Take a task out of a plan that keeps no case from closing; another day brings it not back."""
    in_draft(departure)
    task = departure.tasks.select_for_update(of=("self",)).filter(pk=task.pk).first()
    if task is None:
        raise Conflict(_("This task is left out already."))
    if task.blocking:
        raise Refused(_("A case cannot close without this. It is not left out."))
    record(task, {"key": (task.key, None)})
    departure.left_out = [*departure.left_out, [task.handover_id, task.key]]
    departure.save(update_fields=["left_out"])
    task.delete()


def saved(departure):
    departure.version += 1
    departure.save()
