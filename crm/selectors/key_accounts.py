"""The key-account team of a customer of tier A: at least two of ours are known there.

Known is who has a recorded link to a contact with a present place there, or was with a named contact
of theirs within the last 180 days. The service line does not count: it is the second line. All of it
is seen by whoever sees the customer, so no sight narrows it further.
"""

from collections import defaultdict
from datetime import timedelta

from django.db import connection
from django.db.models import F, Func, IntegerField, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import LessThan

from accounts.access import Role
from accounts.models import Person
from crm.models import Customer
from crm.selectors import cadence
from kit.dates import company_zone, today

TIER = Customer.Tier.A
LEAST = 2
RECENT = timedelta(days=180)
MET = """
    SELECT p.id FROM accounts_person p JOIN (
        SELECT l.person_id FROM crm_link l JOIN crm_position o ON o.contact_id = l.contact_id
        WHERE o.customer_id = {customer} AND l.ended_on IS NULL
          AND (o.ended_on IS NULL OR o.ended_on >= %s)
        UNION
        SELECT a.author_id FROM crm_activity a
        WHERE a.customer_id = {customer} AND a.happened_at > statement_timestamp() - %s
          AND EXISTS (SELECT 1 FROM crm_activitycontact c WHERE c.activity_id = a.id)
        UNION
        SELECT v.person_id FROM crm_activityvisitor v JOIN crm_activity a ON a.id = v.activity_id
        WHERE a.customer_id = {customer} AND a.happened_at > statement_timestamp() - %s
          AND EXISTS (SELECT 1 FROM crm_activitycontact c WHERE c.activity_id = a.id)
    ) k ON k.person_id = p.id
    WHERE p.state IN ('active', 'on_notice')
"""
OF_THE_TEAM = f" AND NOT '{Role.SERVICE.value}' = ANY(p.roles)"


KNOWN = MET + OF_THE_TEAM
TO_EACH = f"""
    SELECT k.contact_id, p.id FROM accounts_person p JOIN (
        SELECT l.contact_id, l.person_id FROM crm_link l
        WHERE l.contact_id = ANY(%(ids)s) AND l.ended_on IS NULL
        UNION
        SELECT c.contact_id, a.author_id
        FROM crm_activitycontact c JOIN crm_activity a ON a.id = c.activity_id
        WHERE c.contact_id = ANY(%(ids)s) AND a.happened_at > statement_timestamp() - %(recent)s
        UNION
        SELECT c.contact_id, v.person_id
        FROM crm_activitycontact c JOIN crm_activity a ON a.id = c.activity_id
        JOIN crm_activityvisitor v ON v.activity_id = a.id
        WHERE c.contact_id = ANY(%(ids)s) AND a.happened_at > statement_timestamp() - %(recent)s
    ) k ON k.person_id = p.id
    WHERE p.state IN ('active', 'on_notice'){OF_THE_TEAM}
"""
AT_EACH = """
    SELECT k.customer_id, p.id FROM accounts_person p JOIN (
        SELECT o.customer_id, l.person_id FROM crm_position o
        JOIN crm_link l ON l.contact_id = o.contact_id
        WHERE o.customer_id = ANY(%(ids)s) AND l.ended_on IS NULL
          AND (o.ended_on IS NULL OR o.ended_on >= %(day)s)
        UNION
        SELECT a.customer_id, a.author_id FROM crm_activity a
        WHERE a.customer_id = ANY(%(ids)s) AND a.happened_at > statement_timestamp() - %(recent)s
          AND EXISTS (SELECT 1 FROM crm_activitycontact c WHERE c.activity_id = a.id)
        UNION
        SELECT a.customer_id, v.person_id
        FROM crm_activity a JOIN crm_activityvisitor v ON v.activity_id = a.id
        WHERE a.customer_id = ANY(%(ids)s) AND a.happened_at > statement_timestamp() - %(recent)s
          AND EXISTS (SELECT 1 FROM crm_activitycontact c WHERE c.activity_id = a.id)
    ) k ON k.person_id = p.id
    WHERE p.state IN ('active', 'on_notice')
"""


def given():
    """The parameters of KNOWN."""
    return [today(company_zone()), RECENT, RECENT]


class HowManyKnown(Func):
    """How many of ours the customer named by the expression knows."""

    output_field = IntegerField()

    def as_sql(self, compiler, connection, **context):
        customer, _none = compiler.compile(self.source_expressions[0])  # a column
        return f"(SELECT count(*) FROM ({KNOWN.format(customer=customer)}) known)", given()


def few_known():
    """Customers of tier A in service that know fewer than two of ours, as a Q without joins."""
    few = Q(LessThan(HowManyKnown(F("pk")), LEAST))
    return Q(tier=TIER, status__in=cadence.OPEN) & few


def known_at(customer):
    """Those of ours whom a customer knows, by name."""
    pk, (day, recent, _again) = customer.pk, given()
    known = RawSQL(KNOWN.format(customer="%s"), [pk, day, pk, recent, pk, recent])  # noqa: S611
    return list(Person.objects.filter(pk__in=known))


def known_by(ids, with_line=False):
    """Customer → ids of those of ours whom it knows: KNOWN for many customers at once.

    with_line: people of the service line too.
    """
    found = defaultdict(set)
    given = {"ids": list(ids), "day": today(company_zone()), "recent": RECENT}
    with connection.cursor() as cursor:
        cursor.execute(AT_EACH if with_line else AT_EACH + OF_THE_TEAM, given)
        for customer, person in cursor.fetchall():
            found[customer].add(person)
    return found


def known_to(contacts):
    """Contact → ids of those of ours whom that one knows, by the same rule. contacts: ids."""
    found = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(TO_EACH, {"ids": list(contacts), "recent": RECENT})
        for contact, person in cursor.fetchall():
            found[contact].add(person)
    return found


def asks_for_more(customer):
    """Whether a customer is of those that at least LEAST of ours are to be known at."""
    return customer.tier == TIER and customer.status in cadence.OPEN


def warning(customer):
    """Those few of ours whom a customer of tier A knows, where they are too few; else None."""
    if not asks_for_more(customer):
        return None
    people = known_at(customer)
    return people if len(people) < LEAST else None
