"""Which seat and which share gives which right, and through which principals a person reaches.

The access index holds leaf principals only: a person reached through a seat that their head shares
(BOOK), a person for themselves alone (SELF), a holder of a service seat (LINE), a unit that answers
for a vacancy (UNIT). They are one integer space: `id * 4 + kind`. A change of the org tree therefore
touches no row of the index.
"""

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag

from django.db import connection
from django.db.models import BooleanField, F, Func

from accounts.access import Action, Reach, Role, reach
from crm.seats import Seat
from kit.clock import StatementNow
from kit.memo import remembered


class Right(IntFlag):
    """What a row of the access index lets its principal do with the customer."""

    VIEW = 1
    LOG = 2
    EDIT = 4
    CHANNELS = 8
    HISTORY = 16
    SETTLEMENT = 32
    PRIVATE = 64
    COVERS = 128  # has the rights of the account manager while nobody able holds that seat
    MANAGES = 256  # is the account manager


class Kind(IntEnum):
    """The way a principal is reached."""

    BOOK = 0  # account manager, backup: heads reach through it
    SELF = 1  # key-account member, share: never climbs
    LINE = 2  # service seat: shared by the service line
    UNIT = 3  # nobody holds the customer: the unit answers


R = Right
FULL = R.VIEW | R.LOG | R.EDIT | R.CHANNELS | R.HISTORY | R.SETTLEMENT | R.PRIVATE
SEATS = {
    Seat.ACCOUNT_MANAGER: (Kind.BOOK, FULL | R.MANAGES),
    Seat.BACKUP: (Kind.BOOK, R.VIEW | R.LOG | R.CHANNELS | R.HISTORY | R.COVERS),
    Seat.SERVICE_LINE: (Kind.LINE, R.VIEW | R.HISTORY),
    Seat.KEY_ACCOUNT_MEMBER: (Kind.SELF, R.VIEW | R.LOG | R.CHANNELS | R.HISTORY),
}
VACANT = R.VIEW | R.HISTORY
# What a share can give: Django permission codename → rights.
SHARES = {
    "read_customer": R.VIEW | R.HISTORY,
    "log_customer": R.VIEW | R.HISTORY | R.LOG | R.CHANNELS,
    "edit_customer": R.VIEW | R.HISTORY | R.LOG | R.CHANNELS | R.EDIT,
    "settlement_customer": R.VIEW | R.SETTLEMENT,
    "private_customer": R.VIEW | R.PRIVATE,
}
NEEDS = {
    Action.CUSTOMER_VIEW: R.VIEW,
    Action.CUSTOMER_EDIT: R.EDIT,
    Action.CUSTOMER_TIER: R.EDIT,
    Action.ACTIVITY_LOG: R.LOG,
    Action.CHANNEL_VIEW: R.CHANNELS,
    Action.CHANNEL_REVEAL: R.CHANNELS,
    Action.SETTLEMENT_VIEW: R.SETTLEMENT,
    Action.PRIVATE_VIEW: R.PRIVATE,
    Action.EXAM_VIEW: R.MANAGES,
    Action.SEAT_HISTORY: R.HISTORY,
    Action.TRADE_VIEW: R.HISTORY,
    Action.TRADE_EDIT: R.EDIT,
    # Managing acts have no right of a seat: they come from leading people, or not at all.
    Action.SEAT_ASSIGN: R(0),
    Action.SHARE_GRANT: R(0),
    Action.ACCESS_EXPLAIN: R(0),
    Action.COMPLAINT_VIEW: R.VIEW,
}
ACTING = R.LOG | R.EDIT | R.CHANNELS | R.SETTLEMENT | R.PRIVATE


def principal(pk, kind):
    """The integer of a person or unit reached in one way."""
    return pk * 4 + kind


@dataclass(eq=False)  # hashable: expressions that hold one are annotated
class Sight:
    """How one person reaches customers for one action at one instant."""

    everything: bool = False
    own: list[int] = field(default_factory=list)  # principals that need the right itself
    need: int = 0
    led: list[int] = field(default_factory=list)  # principals that need VIEW only
    covers: int | None = None  # the own BOOK principal, where acting gives the right
    away: list[int] = field(default_factory=list)  # BOOK principals of people unavailable now

    @property
    def people(self):
        """Ids of the people one leads."""
        return [one // len(Kind) for one in self.led if one % len(Kind) == Kind.BOOK]

    @property
    def nothing(self):
        return not (self.everything or self.own or self.led)

    @property
    def principals(self):
        """principal → rights of which one is needed; led people and units need VIEW only."""
        pairs = dict.fromkeys(self.own, self.need)
        pairs.update(dict.fromkeys(self.led, int(R.VIEW)))
        return pairs


VIEWER = """
    WITH RECURSIVE led AS (
        SELECT m.unit_id FROM accounts_membership m
        WHERE m.person_id = %(me)s AND m.post = 'head' AND %(leads)s
          AND m.period @> coalesce(%(at)s::timestamptz, statement_timestamp())
        UNION
        SELECT u.id FROM accounts_unit u JOIN led ON u.parent_id = led.unit_id
    )
    SELECT
        array(SELECT unit_id FROM led),
        array(SELECT DISTINCT m.person_id FROM accounts_membership m JOIN led USING (unit_id)
              WHERE m.period @> coalesce(%(at)s::timestamptz, statement_timestamp())),
        array(SELECT DISTINCT o.person_id FROM accounts_membership m
              JOIN accounts_membership o USING (unit_id)
              WHERE %(line)s AND m.person_id = %(me)s
                AND m.period @> coalesce(%(at)s::timestamptz, statement_timestamp())
                AND o.period @> coalesce(%(at)s::timestamptz, statement_timestamp())),
        array({gone}
              UNION SELECT b.person_id FROM accounts_absence b
              WHERE b.period @> coalesce(%(at)s::timestamptz, statement_timestamp()))
"""
GONE = "SELECT p.id FROM accounts_person p WHERE p.state IN ('frozen', 'left')"
# Of the copies kept by field history, the last one up to an instant; before the first, the first.
AS_OF = "(e.pgh_created_at <= {at}) DESC, CASE WHEN e.pgh_created_at <= {at} THEN -e.pgh_id ELSE e.pgh_id END"
GONE_THEN = f"""
    SELECT pgh_obj_id FROM (
        SELECT DISTINCT ON (e.pgh_obj_id) e.pgh_obj_id, e.state FROM accounts_personevent e
        ORDER BY e.pgh_obj_id, {AS_OF.format(at="%(at)s::timestamptz")}) then_known
    WHERE state IN ('frozen', 'left')
"""


def sight_of(person, action=None, at=None):
    """The Sight of `person` for `action` (default: seeing the customer) at an instant (now).

    Roles and state of the person are those of the object given: `crm.selectors.explain.as_of` makes
    the one of another instant.
    """
    action = Action(action or Action.CUSTOMER_VIEW)
    width = reach(person, action)
    if width == Reach.NONE or action not in NEEDS:
        return Sight()
    if width == Reach.ALL:
        return Sight(everything=True)
    need, leads = NEEDS[action], width >= Reach.TEAM
    units, led, line, away = (), (), (), ()
    if leads or need & ACTING or Role.SERVICE in person.roles:  # else the org says nothing
        units, led, line, away = _viewer(person, at, leads)
    own = [principal(person.pk, kind) for kind in (Kind.BOOK, Kind.SELF, Kind.LINE)]
    own += [principal(pk, Kind.LINE) for pk in line if pk != person.pk]
    sight = Sight(own=own if need else [], need=int(need))
    if leads:
        sight.led = [principal(pk, Kind.BOOK) for pk in led]
        sight.led += [principal(pk, Kind.UNIT) for pk in units]
    if need & ACTING and person.pk not in away:
        sight.covers = principal(person.pk, Kind.BOOK)
        sight.away = [principal(pk, Kind.BOOK) for pk in away]
    return sight


def _viewer(person, at, leads):
    """Org facts about a person, in one statement."""
    line = Role.SERVICE in person.roles
    facts = {"me": person.pk, "at": at, "leads": leads, "line": line}

    def ask():
        with connection.cursor() as cursor:
            cursor.execute(VIEWER.format(gone=GONE if at is None else GONE_THEN), facts)
            return cursor.fetchone()

    return remembered(("viewer", *facts.values()), ask)


# The truth of the index, as rows: seats, shares and vacancies. `%(ids)s` limits the customers,
# HOME_UNIT is the unit that answers for a vacancy.
TRUTH = f"""
    SELECT a.customer_id, a.person_id * 4 + (CASE a.seat
               {" ".join(f"WHEN '{s.value}' THEN {int(k)}" for s, (k, _) in SEATS.items())} END) AS principal,
           CASE a.seat
               {" ".join(f"WHEN '{s.value}' THEN {int(r)}" for s, (_, r) in SEATS.items())} END AS rights,
           lower(a.period) AS valid_from, coalesce(upper(a.period), 'infinity') AS valid_to
    FROM crm_assignment a WHERE a.customer_id = ANY(%(ids)s)
    UNION ALL
    SELECT s.content_object_id, s.user_id * 4 + {int(Kind.SELF)},
           CASE p.codename
               {" ".join(f"WHEN '{c}' THEN {int(r)}" for c, r in SHARES.items())} ELSE 0 END,
           lower(s.period), upper(s.period)
    FROM crm_share s JOIN auth_permission p ON p.id = s.permission_id
    WHERE s.content_object_id = ANY(%(ids)s)
    UNION ALL
    SELECT g.customer_id, g.home_unit * 4 + {int(Kind.UNIT)}, {int(VACANT)},
           lower(g.gap), coalesce(upper(g.gap), 'infinity')
    FROM (
        SELECT c.id AS customer_id, HOME_UNIT AS home_unit,
               unnest(tstzmultirange(tstzrange('-infinity', NULL)) - coalesce(
                   (SELECT range_agg(m.period) FROM crm_assignment m
                    WHERE m.customer_id = c.id AND m.seat = 'account_manager'),
                   '{{}}'::tstzmultirange)) AS gap
        FROM crm_customer c WHERE c.id = ANY(%(ids)s)
    ) g
"""
ROWS = TRUTH.replace("HOME_UNIT", "c.home_unit_id")
HOME_UNIT_THEN = f"""coalesce((
    SELECT e.home_unit_id FROM crm_customerevent e WHERE e.pgh_obj_id = c.id
    ORDER BY {AS_OF.format(at="%s::timestamptz")} LIMIT 1), c.home_unit_id)"""
THEN = TRUTH.replace("= ANY(%(ids)s)", "= CUSTOMER").replace("HOME_UNIT", HOME_UNIT_THEN)

REACHES = """EXISTS (
    SELECT 1 FROM {source} a
    WHERE a.customer_id = {customer} AND a.valid_from <= {at} AND a.valid_to > {at} AND (
        (a.principal = ANY(%s::bigint[]) AND (a.rights & %s) <> 0)
        OR (a.principal = ANY(%s::bigint[]) AND (a.rights & 1) <> 0)
        OR (a.principal = %s AND (a.rights & {covers}) <> 0 AND NOT EXISTS (
            SELECT 1 FROM {source} m
            WHERE m.customer_id = a.customer_id AND m.valid_from <= {at} AND m.valid_to > {at}
              AND (m.rights & {manages}) <> 0 AND NOT m.principal = ANY(%s::bigint[])))))"""


class Reaches(Func):
    """Condition: the customer named by the expression is within a Sight, now or at an instant.

    Now is read from the access index, another instant from the seats and shares themselves.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, customer, sight=None, at=None):
        super().__init__(customer)
        self.sight, self.at = sight, at

    def as_sql(self, compiler, connection, **context):
        customer, params = compiler.compile(self.source_expressions[0])
        sight, at = self.sight, "statement_timestamp()"
        source = "crm_customeraccess"
        if self.at is not None:
            source, at = f"({THEN.replace('CUSTOMER', customer)})", "%s::timestamptz"
        sql = REACHES.format(
            source=source, customer=customer, at=at, covers=int(R.COVERS), manages=int(R.MANAGES)
        )
        instants = [] if self.at is None else [self.at] * (THEN.count("%s") + 2)
        params = [
            *params, *instants, sight.own, sight.need, sight.led,
            sight.covers or -1, *instants, sight.away,
        ]  # fmt: skip
        return sql, params


def rights_at(customer):
    """(principal, rights) of the access index at a customer now: few, and the same for every action."""
    from crm.models import CustomerAccess

    now = {"valid_from__lte": StatementNow(), "valid_to__gt": StatementNow()}
    rows = CustomerAccess.objects.filter(customer=customer, **now)
    return list(rows.values_list("principal", "rights"))


def is_reached(sight, rows):
    """What `Reaches` asks the database, of the `rights_at` one customer."""
    own, led, away = set(sight.own), set(sight.led), set(sight.away)
    managed = any(rights & R.MANAGES and one not in away for one, rights in rows)
    return sight.everything or any(
        (one in own and rights & sight.need)
        or (one in led and rights & R.VIEW)
        or (one == sight.covers and rights & R.COVERS and not managed)
        for one, rights in rows
    )


def narrow(queryset, path, person, action, at):
    """The rows of `queryset` whose customer (`path`) the person may reach for the action."""
    sight = sight_of(person, action, at)
    if sight.everything:
        return queryset
    if sight.nothing:
        return queryset.none()
    return queryset.filter(Reaches(F(path), sight, at))
