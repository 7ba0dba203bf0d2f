"""What speaks against rotating a customer: guards of the verb "rotation.plan", by the policy.

A guard is asked `(customer, facts)`; its name is the one in the content, which says how hard it is.
One of ALWAYS is no matter of policy. What rests on something the planner may not see says that a
second approver is needed, and no more. Guards whose data comes later (complaints, opportunities,
contracts, legal holds) join here.
"""

from datetime import timedelta

from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.selectors.content import said
from crm.models import ChangeSet, Order
from crm.selectors import changeset_preview as preview
from crm.selectors import trade
from handover.selectors import exposure, exposure_facts
from handover.selectors.rotation import clocks_of, policy
from kit import guards
from kit.dates import company_zone, today
from kit.templatetags.words import day_words

VERB = "rotation.plan"
LEVELS = {"stop": preview.STOP, "second_approver": preview.CHECK, "warning": preview.NOTE}
HARDER = (preview.NOTE, preview.CHECK, preview.STOP)
ALWAYS = {"exempt": preview.STOP}
# Of the policy, but found for every change set: code of the preview → guard.
OF_ALL = {"over_capacity": "receiver_full", preview.AWAY: "receiver_absent"}
LATE = timedelta(days=30)


def written(name):
    """The part of the policy about a guard, None where the company has taken it out."""
    return next((part for part in policy()["guards"] if part["id"] == name), None)


def level(name):
    """How hard a guard is, None where it does not count."""
    rule = written(name)
    return ALWAYS.get(name) or (rule and LEVELS[rule["effect"]])


def words(name):
    """The message of a guard, in the language of the reader and the words of the policy."""
    return lambda **rest: said(written(name)["label"])


def exempt_until(*, customer, facts, **rest):
    """The message about an exemption."""
    return _("exempt from rotation until %(day)s.") % {"day": day_words(facts.exempt[customer.pk])}


@guards.guard(VERB, exempt_until)
def exempt(*, customer, facts, **rest):
    """It stays with its account manager until a day after the one on which it would move."""
    return customer.pk in facts.exempt


@guards.guard(VERB, words("moved_twice"))
def moved_twice(*, customer, facts, **rest):
    """It has had two new account managers within 90 days."""
    return customer.pk in facts.moved


@guards.guard(VERB, words("overdue_payment"))
def overdue_payment(*, customer, facts, **rest):
    """It owes something for more than 30 days."""
    return customer.pk in facts.owing


@guards.guard(VERB, words("file_incomplete"))
def file_incomplete(*, customer, facts, **rest):
    """Its file lacks what anything else rests on: a contact, a legal name, an address."""
    return bool(exposure.lacking(customer, facts.reached))


def further(rows, facts):
    """The warnings of a rotation beside those of every transfer."""
    ids = [row.customer_id for row in rows]
    put_facts(facts, ids)
    levels = {one.name: level(one.name) for one in guards.GUARDS[VERB]}
    return [
        warned(one, row, levels[one.name], facts)
        for row in rows
        for one in guards.firing(VERB, customer=row.customer, facts=facts)
        if levels[one.name]
    ]


def put_facts(facts, ids):
    """Ask what the guards need about all customers (ids) at once."""
    orders = owing(ids)
    facts.owing = set(orders.values_list("customer", flat=True))
    seen = orders.visible_to(facts.actor, Action.TRADE_VIEW)
    facts.unseen = {"overdue_payment": facts.owing - set(seen.values_list("customer", flat=True))}
    facts.reached, _keys = exposure_facts.places(ids)
    day = facts.at.astimezone(company_zone()).date()
    ends = {pk: clock.exempt_until for pk, clock in clocks_of(ids).items()}
    facts.exempt = {pk: until for pk, until in ends.items() if until and until >= day}


def warned(one, row, hard, facts):
    """A guard that fires, in words; in no words of its own where the planner may not see why."""
    if row.customer_id in facts.unseen.get(one.name, ()):
        hard = max(hard, preview.CHECK, key=HARDER.index)
        return preview.Warned(hard, "unseen", _("needs a second approver."), row)
    return preview.Warned(hard, one.name, one.words(customer=row.customer, facts=facts), row)


def owing(customers):
    """Orders of some customers (ids) with an amount that is open for more than 30 days."""
    orders = Order.objects.filter(customer__in=customers)
    orders = trade.with_payments(orders.annotate(since=Coalesce("delivered_on", "ordered_on")))
    return orders.filter(trade.unpaid(), since__lt=today(company_zone()) - LATE).order_by()


def of_all():
    """How hard the warnings of every change set are in a rotation."""
    return {code: level(name) for code, name in OF_ALL.items()}


preview.FURTHER[ChangeSet.Origin.ROTATION].append(further)
preview.WEIGHED[ChangeSet.Origin.ROTATION] = of_all
