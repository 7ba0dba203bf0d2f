"""The fast list: one page of the customers that a person may see, in the order of an index.

`Customer.objects.visible_to(person)` is the definition, this is its twin for lists; a test holds the
two equal. Three ways lead to the same page:

merge       the first rows of each principal's own stretch of the access index, doubles removed
probe       along the customers' sort index, asking the access index for each (many principals)
everything  along the customers' sort index

Positions are keyset cursors: signed, bound to the order, and ignored when they are neither.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core import signing
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q
from django.db.models.expressions import OrderBy, RawSQL

from crm.access import Sight, sight_of
from crm.models import Customer
from crm.selectors import search
from crm.selectors.search import Part, Term, every

MERGE_UP_TO = 100  # principals; above, probing is faster
COUNT_UP_TO = 1_000
SORT_UP_TO = 5_000  # rows that may be sorted without an index
FEW_HITS = 5_000  # hits of a term that are sorted and probed one by one
# A customer is reached through four leaf principals of one person at most: account manager, backup,
# service seat, oneself. So four times the limit of rows always hold enough different customers.
PATHS = 4
LAST = "\U0010fffd"  # sorts behind every name


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
BY_NAME = "crm_customer.sort_key"
SORTS = {
    "name": Sort((BY_NAME,), lambda c: [c.sort_key], access="name_key"),
    "activity": Sort(
        ("crm_customer.last_activity_at",),
        lambda c: [c.last_activity_at and c.last_activity_at.isoformat()],
        access="last_activity_at", falls=True, nullable=True,
    ),
    "tier": Sort(("crm_customer.tier", BY_NAME), lambda c: [c.tier, c.sort_key]),
    "status": Sort(("crm_customer.status", BY_NAME), lambda c: [c.status, c.sort_key]),
    "region": Sort(
        (f'{REGION} COLLATE "C"', BY_NAME),
        lambda c: [c.region.name if c.region else LAST, c.sort_key],
    ),
}  # fmt: skip
ORDERS = [name for base in SORTS for name in (base, f"-{base}")]


@dataclass
class Page:
    """One page. `total` stops at COUNT_UP_TO + 1; `too_many`: the order asked for was not possible."""

    rows: list = field(default_factory=list)
    total: int = 0
    previous: str = ""
    next: str = ""
    order: str = "name"
    too_many: bool = False


@dataclass(frozen=True)
class Question:
    """Everything a statement needs to know."""

    sight: Sight
    order: str
    limit: int
    place: tuple | None = None  # values of the keys and the id behind which the page begins
    backwards: bool = False
    where: Part = Part()
    term: Term = Term()
    at: datetime | None = None

    @property
    def sort(self):
        return SORTS[self.order.lstrip("-")]

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


def page(
    person, *, sort="name", after="", before="", filters=None, term="", limit=25,
    rows=None, at=None, way=None,
):  # fmt: skip
    """One page of the customers that `person` may see.

    sort: one of ORDERS, `-` falls (`-activity` = the latest first, `activity` = never or longest ago
    first). after, before: cursors of a Page. filters: a Q on the customer without joins. term: as
    typed. rows: the queryset the rows are taken from. at: an instant from now on. way: forces merge
    or probe. Returns a Page.
    """
    sight = sight_of(person, None, at)
    if sight.nothing:
        return Page(order=sort)
    sort = sort if sort in ORDERS else "name"
    place = read_cursor(before or after, sort)
    question = Question(
        sight, sort, limit + 1, place, bool(before and place), compiled(filters),
        search.read(person, term), at,
    )  # fmt: skip
    too_many = not question.sort.access and beyond(question, SORT_UP_TO)
    if too_many:
        question = replace(question, order="name", place=None, backwards=False)
    found = fetch(question, Customer.objects.all() if rows is None else rows, way)
    return cut(question, found, limit, too_many)


def fetch(question, rows, way=None):
    """The rows of one page and, on each, how many there are: one statement."""
    ids, count = statements(question, way)
    sort, down = question.sort, question.down
    by = [*sort.keys, "crm_customer.id"]
    nulls = ({"nulls_last": True} if down else {"nulls_first": True}) if sort.nullable else {}
    rows = rows.filter(pk__in=RawSQL(*ids)).annotate(page_total=RawSQL(*count))  # noqa: S611
    return list(rows.order_by(*[OrderBy(RawSQL(key, ()), descending=down, **nulls) for key in by]))  # noqa: S611


def cut(question, found, limit, too_many):
    """A Page out of one row more than it holds."""
    more, rows = len(found) > limit, found[:limit]
    total = found[0].page_total if found else 0
    if question.backwards:
        rows.reverse()
    back = more if question.backwards else bool(question.place)
    onward = bool(rows) if question.backwards else more
    if not rows and question.place:
        total = beyond(replace(question, place=None), COUNT_UP_TO, count=True)
    return Page(
        rows, total, cursor(question.order, rows[0]) if back and rows else "",
        cursor(question.order, rows[-1]) if onward and rows else "", question.order, too_many,
    )  # fmt: skip


# -- positions ---------------------------------------------------------------------------------
def cursor(order, customer):
    """The position of a customer in an order, as an opaque word."""
    value = [order.lstrip("-"), *SORTS[order.lstrip("-")].value(customer), customer.pk]
    return signing.dumps(value, salt="customers.page", compress=True)


def read_cursor(text, order):
    """The position that `text` names in this order; None for a forged or foreign one."""
    try:
        name, *values, pk = signing.loads((text or "")[:2000], salt="customers.page")
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if name != order.lstrip("-"):
        return None
    return (*values, pk)


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
def statements(question, way=None):
    """(ids of the page, capped count) as two pieces of SQL."""
    sight, term = question.sight, question.term
    count = merged_count(question, COUNT_UP_TO)
    if sight.everything:
        table = hits(question) if term.is_indexed else Part("crm_customer")
        return walked(question, table), walked_count(question, table, COUNT_UP_TO)
    if not question.sort.access:
        return walked(question, Part("crm_customer")), count
    if (way or best_way(question)) == "merge":
        return merged(question), count
    if not term.words:
        return walked(question, Part("crm_customer")), count
    table = hits(question)
    return walked(question, table), walked_count(question, table, COUNT_UP_TO)


def best_way(question):
    """Merge up to about a hundred principals; above, probe, but for terms that hit very much."""
    if len(question.sight.principals) <= MERGE_UP_TO:
        return "merge"
    if not question.term.words:
        return "probe"
    return "probe" if question.term.is_indexed and has_few_hits(question) else "merge"


MINE = "unnest(%s::bigint[], %s::int[]) AS mine(principal, need)"


def mine(question):
    pairs = question.sight.principals
    return (list(pairs), list(pairs.values()))


def stretch(question, *conditions):
    """FROM and WHERE of one principal's rows in the access index."""
    join = "" if question.where.is_open else " JOIN crm_customer ON crm_customer.id = a.customer_id"
    condition = every(
        Part("a.principal = mine.principal AND (a.rights & mine.need) <> 0"),
        question.in_force, question.term.on("a.search_key", "a.customer_id"), question.where,
        *conditions,
    )  # fmt: skip
    return Part(f"FROM crm_customeraccess a{join} WHERE {condition.sql}", condition.params)


def merged(question):
    """The page out of the first rows of each principal's stretch."""
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


def merged_count(question, most):
    """How many different customers the stretches hold, at most `most` + 1."""
    rows, enough = stretch(question), most + 1
    return Part(
        f"SELECT count(*) FROM (SELECT DISTINCT customer_id FROM (SELECT r.customer_id FROM {MINE}"
        " CROSS JOIN LATERAL (SELECT DISTINCT a.name_key, a.customer_id"
        f" {rows.sql} ORDER BY a.name_key, a.customer_id LIMIT {enough}) r"
        f" LIMIT {PATHS * enough}) u LIMIT {enough}) v",
        (*mine(question), *rows.params),
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
    """The customers a term hits, found by an index before anything else is asked."""
    found = found_by(question.term)
    return Part(
        f"(SELECT * FROM crm_customer WHERE {found.sql} OFFSET 0) crm_customer", found.params
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


def walked_count(question, table, most):
    condition = reached(question)
    return Part(
        f"SELECT count(*) FROM (SELECT 1 FROM {table.sql} WHERE {condition.sql} LIMIT {most + 1}) u",
        (*table.params, *condition.params),
    )


def reached(question, *conditions):
    term = question.term.on("crm_customer.search_key", "crm_customer.id")
    return every(*conditions, question.where, term, in_reach(question))


def beyond(question, most, count=False):
    """Whether there are more than `most` rows (or how many, at most one more)."""
    sql, params = (
        walked_count(question, Part("crm_customer"), most)
        if question.sight.everything
        else merged_count(question, most)
    )
    with connection.cursor() as cursor_:
        cursor_.execute(sql, params)
        number = cursor_.fetchone()[0]
    return number if count else number > most


def has_few_hits(question):
    found = found_by(question.term)
    with connection.cursor() as cursor_:
        cursor_.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM crm_customer WHERE {found.sql}"
            f" LIMIT {FEW_HITS + 1}) u",
            found.params,
        )
        return cursor_.fetchone()[0] <= FEW_HITS


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
