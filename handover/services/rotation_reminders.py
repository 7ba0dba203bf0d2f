"""Reminders of rotation: each mark of each clock once, addressed to whoever answers when it is sent.

Beat asks for the marks that have come. One statement claims them: whoever comes second, or comes
again, finds them claimed. Days on which nobody asked are made up for by the next time.
"""

from collections import defaultdict

from django.db import transaction
from django.urls import reverse

from accounts.access import Role
from accounts.models import Notice, Person
from accounts.selectors.org import able_at, able_head_above
from accounts.services.notifications import addressee, notify
from crm.models import Customer
from crm.selectors.ownership import answers_for
from handover.models import RotationReminder
from handover.selectors import rotation as clocks

CLAIM = """
    INSERT INTO handover_rotationreminder (customer_id, person_id, due_on, days, who)
    SELECT t.customer_id, t.person_id, t.due_on, m.days, m.who
    FROM told t CROSS JOIN unnest(%(marks)s::int[], %(who)s::text[]) m(days, who)
    WHERE t.state = ANY(%(told)s) AND t.due_on + m.days <= %(today)s::date
      AND (m.days > 0 OR t.due_on >= %(today)s::date)
    ON CONFLICT DO NOTHING
    RETURNING id, customer_id, person_id, due_on, days, who
"""
MANAGER = "account_manager"
TOLD = ["running", "overdue", "exempt"]  # an exemption ends: its last day has marks as any other
ROLES = {"sales_head": (Role.HEAD_OF_SALES, Role.DEPARTMENT_HEAD), "director": (Role.DIRECTOR,)}
TOGETHER = 500  # clocks of one notice


def marks():
    """[(days after the due day, who is told)] of the policy; before it the days are negative."""
    rules = clocks.policy()
    found = [(-days, MANAGER) for days in rules["reminders_days_before"]]
    return found + [(part["days_after"], who) for part in rules["overdue_notices"] for who in part["to"]]  # fmt: skip


@transaction.atomic
def remind(day=None):
    """Claim every mark that has come and was not, and post its notice. Returns how many were claimed.

    day: instead of today in the company's zone.
    """
    told = marks()
    given = {
        "marks": [days for days, _who in told],
        "who": [who for _days, who in told],
        "told": TOLD,
    }
    claimed = clocks.asked(CLAIM, "true", given, day=day)
    tell_managers([row for row in claimed if row[5] == MANAGER])
    tell_heads([row for row in claimed if row[5] != MANAGER])
    return len(claimed)


def tell_managers(rows):
    """One notice a clock: of several marks before the due day, missed for a while, only the last."""
    latest = {}
    for row in sorted(rows, key=lambda row: row[4]):
        latest[row[1], row[4] > 0] = row
    for pk, customer, person, due_on, days, _who in latest.values():
        notify("rotation.due", to="rotation.manager", kind=Notice.Kind.ACTION, due_on=due_on,
               url=reverse("handover:customer-rotation", args=[customer]),
               values={"customer": customer, "days": days, "due_on": due_on.isoformat()},
               reminder=pk, customer=customer, person=person)  # fmt: skip


def tell_heads(rows):
    """One notice for all clocks of an account manager that came to the same mark together."""
    together = defaultdict(list)
    for pk, _customer, person, _due_on, days, who in rows:
        together[person, who, days].append(pk)
    names = dict(Person.objects.filter(pk__in={key[0] for key in together}).values_list("pk", "username"))  # fmt: skip
    for (person, who, days), ids in sorted(together.items()):
        url = f"{reverse('handover:rotation')}?person={names[person]}"
        for start in range(0, len(ids), TOGETHER):
            part = ids[start : start + TOGETHER]
            notify("rotation.overdue", to="rotation.head", kind=Notice.Kind.ACTION, url=url,
                   values={"person": person, "days": days, "reminders": part},
                   person=person, who=who, reminders=part)  # fmt: skip


# -- who is told -----------------------------------------------------------------------------------
def standing(reminders):
    """Of some reminders (ids) those whose clock still runs as it did: nobody else holds the customer,
    nothing is on its way, nothing has moved its end.

    The others told nobody and count for nothing: where the clock comes back as it was, because a
    change was refused, their mark is claimed again.
    """
    rows = list(RotationReminder.objects.filter(pk__in=reminders))
    now = clocks.clocks_of({row.customer_id for row in rows})
    found = [row for row in rows if still(row, now.get(row.customer_id))]
    gone = {row.pk for row in rows} - {row.pk for row in found}
    RotationReminder.objects.filter(pk__in=gone).delete()
    return found


def still(row, clock):
    known = clock is not None and clock.state in TOLD
    return known and (clock.person_id, clock.due_on) == (row.person_id, row.due_on)


@addressee("rotation.manager")
def manager_when_sent(about):
    """Whoever answers for the customer now; nobody, where its clock has changed meanwhile."""
    if not standing([about["reminder"]]):
        return None
    return answers_for(Customer.objects.get(pk=about["customer"]))


@addressee("rotation.head")
def head_when_sent(about):
    """The head above the account manager, as high as the mark asks for, who can answer now."""
    if not standing(about["reminders"]):
        return None
    person = Person.objects.get(pk=about["person"])
    roles = ROLES.get(about["who"])
    if roles is None:
        return able_head_above(person)
    found = able_head_above(person, lambda head: head.has_role(*roles))
    return found or any_of(roles) or able_head_above(person)


def any_of(roles):
    """Somebody with one of these roles who can answer now, where none stands above."""
    people = Person.objects.filter(state=Person.State.ACTIVE, roles__overlap=list(roles))
    return next((one for one in people.order_by("pk") if able_at(one)), None)
