"""The fast list: one page of the customers that a person may see, in the order of an index.

`Customer.objects.visible_to(person)` is the definition, this is its twin for lists; a test holds the
two equal. Positions are keyset cursors: signed, bound to the order, and ignored when they are neither.
"""

from dataclasses import dataclass, field, replace

from django.core import signing
from django.db import connection
from django.db.models.expressions import OrderBy, RawSQL

from crm.access import sight_of
from crm.models import Customer
from crm.selectors import customer_sql, search
from crm.selectors.customer_sql import SORTS, Question, best_way, compiled
from crm.selectors.search import Part

COUNT_UP_TO = 1_000
SORT_UP_TO = 5_000  # rows that may be sorted without an index
ORDERS = [name for base in SORTS for name in (base, f"-{base}")]


@dataclass
class Page:
    """One page. `total` stops at COUNT_UP_TO + 1, and is None where counting would take too long.

    `too_many`: the order asked for was not possible.
    """

    rows: list = field(default_factory=list)
    total: int | None = 0
    previous: str = ""
    next: str = ""
    order: str = "name"
    too_many: bool = False


def page(
    person, *, sort="name", after="", before="", filters=None, term="", limit=25,
    rows=None, at=None, way=None,
):  # fmt: skip
    """One page of the customers that `person` may see.

    sort: one of ORDERS, `-` falls (`-activity` = the latest first, `activity` = never or longest ago
    first). after, before: cursors of a Page. filters: a Q on the customer without joins. term: as
    typed. rows: the queryset the rows are taken from. at: an instant from now on. way: forces merge,
    probe, stroll or seek. Returns a Page.
    """
    sight = sight_of(person, None, at)
    if sight.nothing:
        return Page(order=sort)
    sort = sort if sort in ORDERS else "name"
    place = read_cursor(before or after, sort)
    question = Question(
        sight, sort, limit + 1, place, bool(before and place), compiled(filters),
        search.read(person, term), at,
        customer_sql.file_of(person) if sort.lstrip("-") == "file" else "",
    )  # fmt: skip
    too_many = not question.sort.access and beyond(question, SORT_UP_TO)
    if too_many:  # the address still asks for the other order, its cursor is one by name
        place = read_cursor(before or after, "name")
        question = replace(question, order="name", place=place, backwards=bool(before and place))
    found = fetch(question, Customer.objects.all() if rows is None else rows, way)
    return cut(question, found, limit, too_many)


def keys(person, most, *, filters=None, term=""):
    """Keys of all the customers that `person` may see here, by name; one more than `most` at most."""
    sight = sight_of(person)
    if sight.nothing:
        return []
    question = Question(
        sight, "name", most + 1, where=compiled(filters), term=search.read(person, term)
    )
    return [customer.pk for customer in fetch(question, Customer.objects.only("pk"))]


def fetch(question, rows, way=None):
    """The rows of one page and, on each, how many there are: one statement."""
    way = way or best_way(question)
    ids, count = customer_sql.statements(question, COUNT_UP_TO, way)
    sort, down = question.sort, question.down
    by = [*sort.keys, "crm_customer.id"]
    nulls = ({"nulls_last": True} if down else {"nulls_first": True}) if sort.nullable else {}
    chosen = rows.filter(pk__in=RawSQL(*ids)).annotate(page_total=RawSQL(*count))  # noqa: S611
    chosen = chosen.annotate(**{name: RawSQL(key, ()) for name, key in question.extra.items()})  # noqa: S611
    order = [OrderBy(RawSQL(key, ()), descending=down, **nulls) for key in by]  # noqa: S611
    found = list(chosen.order_by(*order))
    if way == "stroll" and len(found) < question.limit:
        return fetch(question, rows, "seek" if question.term.is_indexed else "merge")
    return found


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


def beyond(question, most, count=False):
    """Whether there are more than `most` rows (or how many, at most one more)."""
    if question.sight.everything:
        sql, params = customer_sql.walked_count(question, Part("crm_customer"), most)
    else:
        sql, params = customer_sql.merged_count(question, most)
    with connection.cursor() as asking:
        asking.execute(sql, params)
        number = asking.fetchone()[0]
    return number if count else number > most


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
