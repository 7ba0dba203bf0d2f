"""The clock of rotation: how long an account manager has looked after a customer, and until when.

It begins with the present tenure of that person at that customer: seats that follow each other
without a gap are one tenure, and acting or backup never begin it anew. Days of the company's zone
count; an absence longer than the policy says stops the clock, an approved exemption moves its end.
"""

from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.access import Action, Reach, reach
from accounts.models import Person
from accounts.selectors.content import content
from crm.models import Customer
from kit.dates import company_zone, today

SOON, LATER = 30, 90  # days ahead
SHOW = ("overdue", "30", "90", "exempt", "planned", "all")
BY = {"due": "due_on, name, customer_id", "name": "name, customer_id"}

CLOCKS = """
    WITH policy AS (SELECT * FROM unnest(%(tiers)s::text[], %(days)s::int[]) p(tier, days)),
    held AS (
        SELECT a.customer_id, a.person_id, c.tier, c.sort_key AS name, p.days, begun.at AS started_at,
               (begun.at AT TIME ZONE %(zone)s)::date AS started_on
        FROM crm_assignment a
        JOIN crm_customer c ON c.id = a.customer_id AND c.status <> 'closed'
        JOIN policy p ON p.tier = c.tier
        CROSS JOIN LATERAL (
            SELECT max(lower(s.period)) AS at FROM crm_assignment s
            WHERE s.customer_id = a.customer_id AND s.seat = 'account_manager'
              AND s.person_id = a.person_id AND lower(s.period) <= lower(a.period)
              AND NOT EXISTS (SELECT 1 FROM crm_assignment b
                  WHERE b.customer_id = a.customer_id AND b.seat = 'account_manager'
                    AND b.person_id = a.person_id AND upper(b.period) = lower(s.period))) begun
        WHERE a.seat = 'account_manager' AND a.period @> statement_timestamp() AND {among}
    ),
    away AS (
        SELECT * FROM (
            SELECT b.person_id, (lower(b.period) AT TIME ZONE %(zone)s)::date AS first, upper(b.period) IS NULL AS open,
                   coalesce((upper(b.period) AT TIME ZONE %(zone)s)::date, %(today)s::date) AS last
            FROM accounts_absence b) each WHERE last - first > %(pause)s
    ),
    stops AS (
        SELECT h.customer_id, w.first, w.last, w.open, h.started_on + h.days AS due,
               w.last - greatest(w.first, h.started_on) AS length,
               coalesce(sum(w.last - greatest(w.first, h.started_on)) OVER (PARTITION BY h.customer_id
                   ORDER BY w.first ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::int AS before
        FROM held h JOIN away w ON w.person_id = h.person_id AND w.last > h.started_on
    ),
    stood AS (
        SELECT customer_id, sum(length)::int AS days,
               bool_or(first <= %(today)s::date AND (open OR %(today)s::date < last)) AS now
        FROM (SELECT *, bool_and(first < due + before) OVER (PARTITION BY customer_id ORDER BY first) AS counts
              FROM stops) each WHERE counts GROUP BY customer_id
    ),
    clocks AS (
        SELECT h.*, coalesce(s.days, 0) AS stood, coalesce(s.now, false) AS paused, x.until AS exempt_until,
               greatest(h.started_on + h.days + coalesce(s.days, 0), x.until) AS due_on, way.change_set_id, way.reserved
        FROM held h LEFT JOIN stood s USING (customer_id)
        LEFT JOIN LATERAL (SELECT max(e.until) AS until FROM handover_rotationexemption e
            WHERE e.customer_id = h.customer_id AND e.person_id = h.person_id AND e.state = 'approved'
              AND e.asked_at >= h.started_at) x ON true
        LEFT JOIN LATERAL (SELECT r.change_set_id, r.reserved FROM crm_change r JOIN crm_changeset t ON t.id = r.change_set_id
            WHERE r.customer_id = h.customer_id AND r.seat = 'account_manager'
              AND (r.reserved OR (r.state = 'waiting' AND t.state = 'proposed'))
            ORDER BY r.reserved DESC, r.id DESC LIMIT 1) way ON true
    ),
    told AS (
        SELECT *, CASE WHEN coalesce(reserved, false) THEN 'planned' WHEN exempt_until >= %(today)s::date THEN 'exempt'
                       WHEN paused THEN 'paused' WHEN due_on < %(today)s::date THEN 'overdue'
                       ELSE 'running' END AS state
        FROM clocks
    )
"""
SHOWN = {
    "overdue": "state = 'overdue'",
    "30": f"state = 'running' AND due_on <= %(today)s::date + {SOON}",
    "90": f"state = 'running' AND due_on <= %(today)s::date + {LATER}",
    "exempt": "state = 'exempt'",
    "planned": "state = 'planned'",
    "all": "true",
}


@dataclass
class Clock:
    """The tenure of one account manager at one customer, in days of the company's zone."""

    customer_id: int
    person_id: int
    tier: str
    started_on: date
    due_on: date  # the last day of the tenure; the next day it is overdue
    state: str  # running, overdue, exempt, paused, planned
    stood: int = 0  # days for which the clock stood still
    exempt_until: date | None = None
    change_set: int | None = None  # what is on its way: proposed, or decided
    on: date | None = None  # the day it was asked on
    customer: Customer | None = None
    person: Person | None = None

    @property
    def days(self):
        """Days from today to the due day; negative once it has passed."""
        return (self.due_on - self.on).days

    @property
    def over(self):
        return max(0, -self.days)

    @property
    def is_proposed(self):
        """A change waits for its approval: nothing is scheduled yet."""
        return self.change_set is not None and self.state != "planned"

    @property
    def tenure(self):
        """Days since it began, those that do not count included."""
        return (self.on - self.started_on).days


COLUMNS = (
    "customer_id, person_id, tier, started_on, due_on, state, stood, exempt_until, change_set_id"
)


def policy():
    """The policy of rotation as the company has it (handover/content/rotation.yaml)."""
    return content("rotation")


def tier_rules(rules=None):
    """Tier → its part of the policy."""
    return {part["tier"]: part for part in (rules or policy())["tiers"]}


def terms(rules=None, day=None):
    """What the statement needs of the policy. rules: other ones than those in force."""
    rules = rules or policy()
    tiers = tier_rules(rules)
    return {
        "tiers": list(tiers), "days": [part["tenure_days"] for part in tiers.values()],
        "pause": rules["clock"]["paused_by_absence_over_days"], "zone": company_zone().key,
        "today": day or today(company_zone()),
    }  # fmt: skip


def asked(sql, among, values, *, rules=None, day=None):
    """Rows of a statement upon the clocks of some seats.

    among: a condition on the assignment `a` and the customer `c`, values: of it, by name.
    """
    given = terms(rules, day) | values
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS.format(among=among) + sql, given)
        return cursor.fetchall()


# -- whose clocks ----------------------------------------------------------------------------------
def within(viewer):
    """(condition, values) of the clocks that a viewer may see: of those they lead, else their own."""
    if reach(viewer, Action.SEAT_HISTORY) < Reach.TEAM:
        return "a.person_id = %(viewer)s", {"viewer": viewer.pk}
    seen = Customer.objects.visible_to(viewer, Action.SEAT_HISTORY).order_by().values("pk")
    return named(*seen.query.sql_with_params())


def named(sql, params):
    """A subquery with numbered places as a condition with named ones."""
    names = {f"p{number}": value for number, value in enumerate(params)}
    places = tuple(f"%({name})s" for name in names)
    return f"a.customer_id IN ({sql % places if places else sql})", names


def narrowed(among, values, *, person=None, tier=""):
    """The same condition for one account manager or one tier."""
    if person is not None:
        among, values = f"{among} AND a.person_id = %(person)s", values | {"person": person.pk}
    if tier:
        among, values = f"{among} AND c.tier = %(tier)s", values | {"tier": tier}
    return among, values


def clocks_of(customers):
    """The clocks of some customers (ids) by customer, before anybody's sight."""
    return {one.customer_id: one for one in found("a.customer_id = ANY(%(ids)s)", {"ids": list(customers)})}  # fmt: skip


def found(among, values, *, show="all", by="due", limit=None, offset=0, day=None):
    """The Clocks of a condition, the first due first; customers and people are not asked for."""
    page = " LIMIT %(limit)s OFFSET %(offset)s" if limit is not None else ""
    sql = f"SELECT {COLUMNS} FROM told WHERE {SHOWN[show]} ORDER BY {BY[by]}{page}"
    values = values | {"limit": limit, "offset": offset}
    on = day or today(company_zone())
    return [Clock(*row, on) for row in asked(sql, among, values, day=day)]


COUNTS = ", ".join(f"count(*) FILTER (WHERE {SHOWN[name]}) AS n{place}" for place, name in enumerate(SHOW))  # fmt: skip


def counted(among, values, *, rules=None, day=None):
    """What is shown → how many clocks."""
    [row] = asked(f"SELECT {COUNTS} FROM told", among, values, rules=rules, day=day)
    return dict(zip(SHOW, row, strict=True))


def page_of(among, values, *, show, limit, offset):
    """(one page of Clocks as `found` gives them, counts as `counted` does) in one statement."""
    nth = f"row_number() OVER (ORDER BY {BY['due']}) AS nth"
    rows = f"SELECT {COLUMNS}, {nth} FROM told WHERE {SHOWN[show]} ORDER BY nth LIMIT %(limit)s OFFSET %(offset)s"  # fmt: skip
    sql = f"SELECT n.*, page.* FROM (SELECT {COUNTS} FROM told) n LEFT JOIN ({rows}) page ON true ORDER BY nth"  # fmt: skip
    values = values | {"limit": limit, "offset": offset}
    found = asked(sql, among, values)
    on, width = today(company_zone()), len(SHOW)
    clocks = [Clock(*row[width:-1], on) for row in found if row[width] is not None]
    return clocks, dict(zip(SHOW, found[0][:width], strict=True))


def with_names(clocks):
    """The same Clocks with their customers and people."""
    customers = Customer.objects.select_related("region").in_bulk([c.customer_id for c in clocks])
    people = Person.objects.in_bulk({clock.person_id for clock in clocks})
    for clock in clocks:
        clock.customer, clock.person = customers[clock.customer_id], people[clock.person_id]
    return clocks


def mine(person, ahead=SOON):
    """The own clocks of a person that end within some days or have ended, the first due first."""
    rows = found("a.person_id = %(viewer)s", {"viewer": person.pk})
    near = [one for one in rows if one.state in ("running", "overdue") and one.days <= ahead]
    return with_names(near)


def overdue_by_person(among, values, rules=None):
    """Person id → overdue clocks, by the policy in force or by other rules."""
    sql = f"SELECT person_id, count(*) FROM told WHERE {SHOWN['overdue']} GROUP BY person_id"
    return dict(asked(sql, among, values, rules=rules))
