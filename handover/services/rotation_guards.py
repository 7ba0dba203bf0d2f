"""What speaks against rotating a customer: guards of the verb "rotation.plan", by the policy.

A guard is asked `(customer, facts)`; its name is the one in the content, which says how hard it is.
Guards whose data comes later (complaints, opportunities, contracts, legal holds) join here.
"""

from datetime import timedelta

from django.db.models.functions import Coalesce

from accounts.access import Action
from accounts.selectors.content import said
from crm.models import ChangeSet, Order
from crm.selectors import changeset_preview as preview
from crm.selectors import trade
from handover.selectors.rotation import policy
from kit import guards
from kit.dates import company_zone, today

VERB = "rotation.plan"
LEVELS = {"stop": preview.STOP, "second_approver": preview.CHECK, "warning": preview.NOTE}
LATE = timedelta(days=30)


def written(name):
    """The part of the policy about a guard."""
    return next((part for part in policy()["guards"] if part["id"] == name), None)


def words(name):
    """The message of a guard, in the language of the reader and the words of the policy."""
    return lambda **rest: said(written(name)["label"])


@guards.guard(VERB, words("moved_twice"))
def moved_twice(*, customer, facts, **rest):
    """It has had two new account managers within 90 days."""
    return customer.pk in facts.moved


@guards.guard(VERB, words("overdue_payment"))
def overdue_payment(*, customer, facts, **rest):
    """It owes something for more than 30 days, as far as the planner sees orders."""
    return customer.pk in facts.owing


def further(rows, facts):
    """The warnings of a rotation beside those of every transfer."""
    facts.owing = owing(facts.actor, [row.customer_id for row in rows])
    found = []
    for row in rows:
        for one in guards.firing(VERB, customer=row.customer, facts=facts):
            rule = written(one.name)
            if rule is not None:  # the company has taken it out of its policy
                level = LEVELS[rule["effect"]]
                found.append(preview.Warned(level, one.name, one.words(), row))
    return found


def owing(actor, customers):
    """Ids of those of some customers with an amount that is open for more than 30 days."""
    orders = Order.objects.visible_to(actor, Action.TRADE_VIEW).filter(customer__in=customers)
    orders = trade.with_payments(orders.annotate(since=Coalesce("delivered_on", "ordered_on")))
    late = orders.filter(trade.unpaid(), since__lt=today(company_zone()) - LATE)
    return set(late.order_by().values_list("customer", flat=True))


preview.FURTHER[ChangeSet.Origin.ROTATION].append(further)
