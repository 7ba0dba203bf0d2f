"""The statements behind the fast list of customers: which rows of which index make one page.

merge       the first rows of each principal's own stretch of the access index, doubles removed;
            with a term, all rows in sight that it hits
probe       along the customers' sort index, asking the access index for each (many principals)
stroll      the same for a common term, for a bounded number of customers
seek        where that was too short: all hits of the term in order, asked for one by one, not counted
everything  along the customers' sort index
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q

from crm.access import SHARES, Kind, Sight
from crm.models import Customer
from crm.selectors import completeness
from crm.selectors.search import Part, Term, every

MERGE_UP_TO = 100  # principals; above, probing is faster
SEARCH_UP_TO = 30  # principals whose rows are searched without asking how much a term hits
FEW_HITS = 20_000  # expected hits of a term that are found first, sorted and probed one by one
STROLL = 20_000  # customers looked at in order for a term that hits very much
UNCOUNTED = Part("NULL::bigint")  # not worth its time
SEATS_OF_OTHERS = 3  # account manager, backup, service line
LAST = "\U0010fffd"  # sorts behind every name
ALL, NO_TERM = Part(), Term()
SORTED_BY = "id, kind, sort_key, last_activity_at, tier, status, region_id"


@dataclass(frozen=True)
class Sort:
    """An order. Without `access`, the column of the access index, it is sorted by hand."""

    keys: tuple[str, ...]  # of the customer; its id comes last by itself
    value: Callable  # customer → the values of the keys
    access: str = ""
    falls: bool = False  # the direction of the index, nulls last
    nullable: bool = False


REGION = (
    f"coalesce((SELECT r.name FROM crm_region r WHERE r.id = crm_customer.region_id), '{LAST}')"
)
# How complete the file is: not counted yet comes first, who has none last. Every viewer has one of
# their own, see `file_of`.
FILE = (
    "coalesce((SELECT {total} FROM crm_completeness f WHERE f.customer_id = crm_customer.id),"
    " CASE crm_customer.kind WHEN 'person' THEN 999 ELSE -1 END)"
)
BY_NAME = "crm_customer.sort_key"


def file_of(person):
    """The key by which lists of a person are put in order of their files: as they may know them."""
    sees = compiled(completeness.sees_guarded(person))
    with connection.cursor() as writing:  # an order takes no parameters
        condition = writing.mogrify(sees.sql or "TRUE", sees.params).decode()
    total = f"CASE WHEN {condition} THEN f.total ELSE {completeness.open_sql()} END"
    return FILE.format(total=total.replace("%", "%%"))


SORTS = {
    "name": Sort((BY_NAME,), lambda c: [c.sort_key], access="name_key"),
    "activity": Sort(
        ("crm_customer.last_activity_at",),
        lambda c: [c.last_activity_at and c.last_activity_at.isoformat()],
        access="last_activity_at", falls=True, nullable=True,
    ),
    "tier": Sort(("crm_customer.tier", BY_NAME), lambda c: [c.tier, c.sort_key]),
    "status": Sort(("crm_customer.status", BY_NAME), lambda c: [c.status, c.sort_key]),
    "file": Sort((FILE, BY_NAME), lambda c: [c.file_key, c.sort_key]),
    "region": Sort(
        (f'{REGION} COLLATE "C"', BY_NAME),
        lambda c: [c.region.name if c.region else LAST, c.sort_key],
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """Everything a statement needs to know."""

    sight: Sight
    order: str
    limit: int
    place: tuple | None = None  # values of the keys and the id behind which the page begins
    backwards: bool = False
    where: Part = ALL
    term: Term = NO_TERM
    at: datetime | None = None
    file: str = ""  # of `file_of`, where the order is that of the files

    @property
    def sort(self):
        found = SORTS[self.order.lstrip("-")]
        return replace(found, keys=(self.file, BY_NAME)) if FILE in found.keys else found

    @property
    def extra(self):
        """What each row has besides, for its position: name → piece of SQL."""
        return {"file_key": self.file} if FILE in SORTS[self.order.lstrip("-")].keys else {}

    @property
    def down(self):
        """Whether rows are read in falling order. `-` falls, and going back turns it round."""
        return self.order.startswith("-") != self.backwards

    @property
    def in_force(self):
        now = (
            Part("statement_timestamp()")
            if self.at is None
            else Part("%s::timestamptz", (self.at,))
        )
        return Part(f"a.valid_from <= {now.sql} AND a.valid_to > {now.sql}", now.params * 2)


def spans(question, keys, pk):
    """Conditions of the stretches behind the position, in reading order."""
    place = question.place
    if place is None:
        return [Part()]
    down, key = question.down, keys[0]
    if question.sort.nullable and place[0] is None:
        beside = Part(f"{key} IS NULL AND {pk} {'<' if down else '>'} %s", (place[-1],))
        return [beside] if down else [beside, Part(f"{key} IS NOT NULL")]
    signs = ", ".join(["%s"] * len(place))
    behind = Part(f"({', '.join([*keys, pk])}) {'<' if down else '>'} ({signs})", place)
    return [behind, Part(f"{key} IS NULL")] if question.sort.nullable and down else [behind]


def ordered(question, names):
    """ORDER BY of these columns, in the direction of reading, as the index has it."""
    down = question.down
    nulls = (" NULLS LAST" if down else " NULLS FIRST") if question.sort.nullable else ""
    by = [f"{name} {'DESC' if down else 'ASC'}{nulls}" for name in names[:-1]]
    return ", ".join([*by, f"{names[-1]} {'DESC' if down else 'ASC'}"])


# -- statements --------------------------------------------------------------------------------
def statements(question, most, way):
    """(ids of the page, count up to `most` + 1 or null) as two pieces of SQL, by one of the ways."""
    sight, term = question.sight, question.term
    count = merged_count(question, most)
    if sight.everything:
        if not term.is_indexed:
            table, found = Part("crm_customer"), question
        else:
            table, found = hits(question), replace(question, term=NO_TERM)
        return walked(found, table), walked_count(found, table, most)
    if not question.sort.access:
        return walked(question, Part("crm_customer")), count
    if way == "merge":
        return merged(question), count if len(sight.principals) <= MERGE_UP_TO else UNCOUNTED
    if way == "stroll":
        return strolled(question), UNCOUNTED
    if not term.words:
        return walked(question, Part("crm_customer")), count
    table, found = hits(question), replace(question, term=NO_TERM)
    seeks = way == "seek"
    return walked(found, table), UNCOUNTED if seeks else walked_count(found, table, most)


def best_way(question):
    """Merge up to about a hundred principals, above probe.

    With a term: few principals search their rows; many probe its hits where it hits few, and stroll
    where it hits so much that a page is soon full.
    """
    reach, term = len(question.sight.principals), question.term
    if not term.words:
        return "merge" if reach <= MERGE_UP_TO else "probe"
    if reach <= SEARCH_UP_TO:
        return "merge"
    return "probe" if term.is_indexed and has_few_hits(term) else "stroll"


MINE = "unnest(%s::bigint[], %s::int[]) AS mine(principal, need)"


def mine(question):
    pairs = question.sight.principals
    return (list(pairs), list(pairs.values()))


def stretch(question, *conditions, source=""):
    """FROM and WHERE of one principal's rows in the access index."""
    join = "" if question.where.is_open else " JOIN crm_customer ON crm_customer.id = a.customer_id"
    condition = every(
        Part("a.principal = mine.principal AND (a.rights & mine.need) <> 0"),
        question.in_force, question.term.on("a.search_key", "a.customer_id"), question.where,
        *conditions,
    )  # fmt: skip
    return Part(f"FROM {source}crm_customeraccess a{join} WHERE {condition.sql}", condition.params)


def merged(question):
    """The page out of the first rows of each principal's stretch."""
    if question.term.words:
        return searched(question)
    key, by, parts = f"a.{question.sort.access}", ordered(question, ["k0", "customer_id"]), []
    for span in spans(question, [key], "a.customer_id"):
        rows = stretch(question, span)
        parts.append(Part(
            f"SELECT r.k0, r.customer_id FROM {MINE} CROSS JOIN LATERAL ("
            f"SELECT DISTINCT {key} AS k0, a.customer_id {rows.sql} ORDER BY {by}"
            f" LIMIT {question.limit}) r",
            (*mine(question), *rows.params),
        ))  # fmt: skip
    union = " UNION ALL ".join(part.sql for part in parts)
    return Part(
        f"SELECT customer_id FROM (SELECT DISTINCT k0, customer_id FROM ({union}) u) v"
        f" ORDER BY {by} LIMIT {question.limit}",
        tuple(value for part in parts for value in part.params),
    )


def searched(question):
    """The page out of all rows in sight that a term hits: bounded by the sight, whatever the term."""
    key, by = f"a.{question.sort.access}", ordered(question, ["k0", "customer_id"])
    behind = spans(question, [key], "a.customer_id")
    either = Part(
        f"({' OR '.join(span.sql for span in behind)})",
        tuple(value for span in behind for value in span.params),
    )
    rows = stretch(question, either, source=f"{MINE}, ")
    return Part(
        f"SELECT customer_id FROM (SELECT DISTINCT {key} AS k0, a.customer_id"
        f" {rows.sql}) v ORDER BY {by} LIMIT {question.limit}",
        (*mine(question), *rows.params),
    )


def merged_count(question, most):
    """How many different customers the stretches hold, at most `most` + 1.

    It stops early, yet never too early: of others' seats a customer has three at most (account
    manager, backup, service line), and a person alone reaches it by a seat and the kinds of shares.
    """
    rows, enough, pairs = stretch(question), most + 1, question.sight.principals
    parts = []
    for alone, paths in ((False, SEATS_OF_OTHERS), (True, 1 + len(SHARES))):
        chosen = {key: need for key, need in pairs.items() if (key % 4 == Kind.SELF) == alone}
        parts.append(Part(
            f"(SELECT r.customer_id FROM {MINE} CROSS JOIN LATERAL (SELECT a.customer_id {rows.sql}"
            f" LIMIT {paths * enough}) r LIMIT {paths * enough})",
            (list(chosen), list(chosen.values()), *rows.params),
        ))  # fmt: skip
    union = " UNION ALL ".join(part.sql for part in parts)
    return Part(
        f"SELECT count(*) FROM (SELECT DISTINCT customer_id FROM ({union}) u LIMIT {enough}) v",
        tuple(value for part in parts for value in part.params),
    )


def in_reach(question):
    """Condition: the customer is within the sight, asked of the access index."""
    sight, now = question.sight, question.in_force
    if sight.everything:
        return Part()
    return Part(
        "EXISTS (SELECT 1 FROM crm_customeraccess a WHERE a.customer_id = crm_customer.id"
        f" AND {now.sql} AND ((a.principal = ANY(%s::bigint[]) AND (a.rights & %s) <> 0)"
        " OR (a.principal = ANY(%s::bigint[]) AND (a.rights & 1) <> 0)))",
        (*now.params, sight.own, sight.need, sight.led),
    )


def hits(question):
    """The customers a term hits, found by an index and put in order before anything else is asked."""
    found = found_by(question.term)
    by = ordered(question, [*question.sort.keys, "crm_customer.id"])
    columns = SORTED_BY if question.where.is_open else "*"  # narrow rows are sorted in memory
    return Part(
        f"(SELECT {columns} FROM crm_customer WHERE {found.sql} ORDER BY {by} OFFSET 0) crm_customer",
        found.params,
    )


def found_by(term):
    return every(
        term.on_grams("crm_customer.grams"), term.on("crm_customer.search_key", "crm_customer.id")
    )


def walked(question, table):
    """The page along the customers' own order, those in reach."""
    keys, pk, parts = question.sort.keys, "crm_customer.id", []
    names = [f"k{place}" for place in range(len(keys))] + ["id"]
    columns = ", ".join(f"{key} AS {name}" for key, name in zip(keys, names, strict=False))
    by = ordered(question, names)
    for span in spans(question, list(keys), pk):
        condition = reached(question, span)
        parts.append(Part(
            f"(SELECT {columns}, {pk} FROM {table.sql} WHERE {condition.sql}"
            f" ORDER BY {ordered(question, [*keys, pk])} LIMIT {question.limit})",
            (*table.params, *condition.params),
        ))  # fmt: skip
    union = " UNION ALL ".join(part.sql for part in parts)
    return Part(
        f"SELECT id FROM ({union}) u ORDER BY {by} LIMIT {question.limit}",
        tuple(value for part in parts for value in part.params),
    )


def strolled(question):
    """The page out of the next customers in order, and no further: it may stay short of full."""
    span = spans(question, list(question.sort.keys), "crm_customer.id")[0]
    by = ordered(question, [*question.sort.keys, "crm_customer.id"])
    near = Part(
        f"(SELECT * FROM crm_customer WHERE {span.sql} ORDER BY {by} LIMIT {STROLL}) crm_customer",
        span.params,
    )
    return walked(replace(question, place=None), near)


def walked_count(question, table, most):
    condition = reached(question)
    return Part(
        f"SELECT count(*) FROM (SELECT 1 FROM {table.sql} WHERE {condition.sql} LIMIT {most + 1}) u",
        (*table.params, *condition.params),
    )


def reached(question, *conditions):
    term = question.term.on("crm_customer.search_key", "crm_customer.id")
    return every(*conditions, question.where, term, in_reach(question))


def has_few_hits(term):
    """Whether the planner expects few customers for a term; it answers without looking for them.

    Chinese words are estimated by their pairs alone: the planner would take the same word in the
    search key for something independent and expect a thirtieth of its hits.
    """
    grams = term.on_grams("crm_customer.grams")
    found = found_by(term) if grams.is_open else grams
    with connection.cursor() as asking:
        asking.execute(
            f"EXPLAIN (FORMAT JSON) SELECT 1 FROM crm_customer WHERE {found.sql}", found.params
        )
        return asking.fetchone()[0][0]["Plan"]["Plan Rows"] <= FEW_HITS


def compiled(condition):
    """A Q on columns of the customer (subqueries may point at it) as a piece of SQL."""
    query = Customer.objects.filter(condition or Q()).query
    try:
        sql, params = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        return Part("FALSE")
    except FullResultSet:
        return Part()
    return Part(f"({sql})", tuple(params)) if sql else Part()
