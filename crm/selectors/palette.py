"""What the palette finds: customers, contacts, colleagues and saved views, in one statement.

Everything goes through `visible_to`. Beside it stands a short list of keys that an index finds: in
the rows of a narrow sight (what others hold is not even looked at), else among the hits of the words,
the best first. A piece of a search key (a name, its pinyin, its initials) that is the word comes
first, then one that begins with it, then one that holds it. Words of one or two Latin letters count
at the beginning of a piece only.
"""

from dataclasses import dataclass

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from accounts.access import Action, Role, can
from accounts.models import Person
from crm.access import Reaches, sight_of
from crm.models import Contact, ContactChannel, Customer, Position, SavedView
from crm.seats import Seat
from crm.selectors import customer_sql, saved_views
from crm.selectors.channels import tail_index
from crm.selectors.customer_sql import MINE, SEARCH_UP_TO, Question, compiled, in_reach, mine
from crm.selectors.customers import seat_holder
from crm.selectors.search import Part, Term, every, pattern
from kit import names
from kit.disclosure import Disclosure

MOST = 6  # entries of a group
RECENT = 7
LOOKED_BACK = 200  # pages of customers opened last, among which the recent ones are looked for


# -- what matches, and how well ------------------------------------------------------------------
def begins(column, word):
    """The condition that a piece of a search key begins with the word."""
    like = pattern(word)
    return Part(f"({column} LIKE %s OR {column} LIKE %s)", (like[1:], f"%|{like[1:]}"))


def hit(column, words, sort=None):
    """The condition that a search key has all the words.

    One Latin letter hits too much to be put in order: with `sort`, the column of an index, it stands
    for the names that begin with it.
    """
    if sort and is_letter(words):
        return Part(f"{sort} LIKE %s", (pattern(words[0])[1:],))
    return every(*(
        Part(f"{column} LIKE %s", (pattern(word),))
        if len(word) > 2 or names.HAN.search(word) else begins(column, word)
        for word in words
    ))  # fmt: skip


def by_reading(column, words):
    """What an index of trigrams can answer for short Chinese words, beside the exact condition."""
    parts = []
    for word in words:
        if names.HAN.fullmatch(word[:1]) and len(word) < 3:
            readings = {"".join(names.syllables(word, person)) for person in (True, False)}
            likes = " OR ".join([f"{column} LIKE %s"] * len(readings))
            parts.append(Part(f"({likes})", tuple(pattern(one) for one in sorted(readings))))
    return every(*parts)


def is_letter(words):
    """Whether one sign that is not Chinese is all that was typed."""
    return len(words) == 1 and len(words[0]) == 1 and not names.HAN.search(words[0])


def rank(column, words):
    """How well a search key has the first word: 0 it is a piece, 1 a piece begins with it, 2 holds it."""
    if is_letter(words):
        return Part("NULL::int")
    like = pattern(words[0])[1:-1]
    return Part(
        f"CASE WHEN '|' || {column} || '|' LIKE %s THEN 0 WHEN '|' || {column} LIKE %s THEN 1 ELSE 2 END",
        (f"%|{like}|%", f"%|{like}%"),
    )


def place(key, words):
    """The same for a search key in Python."""
    pieces = key.split("|")
    word = words[0]
    return 0 if word in pieces else 1 if any(one.startswith(word) for one in pieces) else 2


# -- keys that an index finds --------------------------------------------------------------------
def customer_keys(sight, words, allowed):
    """SQL of the keys of the best customers in a sight, where `allowed` (a Part) lets them."""
    question = Question(sight, "name", MOST, where=allowed)
    if is_narrow(sight):
        order = rank("a.search_key", words)
        rows = customer_sql.stretch(
            question, hit("a.search_key", words, "a.name_key"), source=f"{MINE}, "
        )
        sql = f"""SELECT customer_id FROM (SELECT DISTINCT {order.sql} AS place, a.name_key,
            a.customer_id {rows.sql}) found ORDER BY place, name_key, customer_id LIMIT {MOST}"""
        return Part(sql, (*order.params, *mine(question), *rows.params))
    order = rank("search_key", words)
    found = every(Term(words).on_grams("grams"), hit("search_key", words, "sort_key"))
    reached = every(in_reach(question), allowed)
    sql = f"""SELECT crm_customer.id FROM (SELECT id FROM crm_customer WHERE {found.sql}
        ORDER BY {order.sql}, sort_key, id OFFSET 0) crm_customer WHERE {reached.sql} LIMIT {MOST}"""
    return Part(sql, (*found.params, *order.params, *reached.params))


def contact_keys(sight, words):
    """SQL of the keys of the best contacts at customers in a sight."""
    question = Question(sight, "name", MOST)
    order, found = rank("c.search_key", words), hit("c.search_key", words, "c.sort_key")
    if is_narrow(sight):
        held = every(
            Part("a.principal = mine.principal AND (a.rights & mine.need) <> 0"), question.in_force
        )
        sql = f"""SELECT id FROM (SELECT DISTINCT {order.sql} AS place, c.sort_key, c.id
            FROM {MINE} JOIN crm_customeraccess a ON {held.sql}
            JOIN crm_position p ON p.customer_id = a.customer_id
            JOIN crm_contact c ON c.id = p.contact_id WHERE {found.sql}) found
            ORDER BY place, sort_key, id LIMIT {MOST}"""
        return Part(sql, (*order.params, *mine(question), *held.params, *found.params))
    found, reached = every(by_reading("c.search_key", words), found), in_reach(question)
    sql = f"""SELECT found.id FROM (SELECT c.id FROM crm_contact c WHERE {found.sql}
        ORDER BY {order.sql}, c.sort_key, c.id OFFSET 0) found
        WHERE EXISTS (SELECT 1 FROM (SELECT p.customer_id AS id FROM crm_position p
            WHERE p.contact_id = found.id) crm_customer WHERE {reached.sql}) LIMIT {MOST}"""
    return Part(sql, (*found.params, *order.params, *reached.params))


def is_narrow(sight):
    """Whether all rows of a sight are fewer than what many a word hits."""
    return not sight.everything and len(sight.principals) <= SEARCH_UP_TO


# -- rows ----------------------------------------------------------------------------------------
@dataclass
class Row:
    """Something found: its kind, what is told of it, and how well it matches."""

    kind: str
    said: dict
    place: int = 0


def found(person, words, kinds=("customers", "contacts", "people", "views"), action=None):
    """What `person` may see that the words hit, as Rows by kind, the best first.

    action: what one must be allowed to do with the customers. One statement, whatever is asked for.
    """
    made = {"customers": customers, "contacts": contacts, "people": people, "views": views}
    more = {"customers": {"action": action}}
    parts = [part for kind in kinds
             if (part := made[kind](person, words, **more.get(kind, {}))) is not None]  # fmt: skip
    if not words or not parts:
        return []
    rows = [Row(kind, said) for kind, said in together(parts)]
    return sorted(filter(None, (placed(row, words) for row in rows)), key=order)


def together(parts):
    """The rows of several querysets of (kind, said) in one statement."""
    first, *others = parts
    return first.union(*others, all=True) if others else first


def placed(row, words):
    """The row with its place, and what of a customer was hit where its short name was not: the legal
    name (`in_full`), or one of before (`was`). None for a view whose name does not have the words.
    """
    if row.kind == "views" and not has(words, row.said["name"]):
        return None
    key = row.said.get("key") or names.search_key(row.said["name"])
    row.place = place(key, words)
    if row.kind == "customers" and not has(words, row.said["name"]):
        row.said["in_full"] = has(words, row.said["name"], row.said["legal"])
        called = row.said["former"] if not row.said["in_full"] else ()
        row.said["was"] = next((name for name in called if has(words, name)), "")
    return row


def has(words, *texts):
    key = names.search_key(*texts)
    return all(word in key for word in words)


def order(row):
    return row.place, row.said.get("sort", ""), row.said["id"]


def customers(person, words, action=None):
    """Customers as (kind, said), or None where this person sees none."""
    sight = sight_of(person)
    if sight.nothing:
        return None
    allowed = Part()
    if action is not None:
        width = sight_of(person, action)
        if width.nothing:
            return None
        allowed = Part() if width.everything else compiled(Q(Reaches(F("pk"), width)))
    keys = customer_keys(sight, words, allowed)
    rows = Customer.objects.visible_to(person, action).filter(pk__in=RawSQL(*keys))  # noqa: S611
    return rows.values_list(Value("customers"), customer_said())


def customer_said():
    return JSONObject(
        id="pk", name="name", legal="legal_name", tier="tier", key="search_key", sort="sort_key",
        former="former_names", manager=seat_holder(Seat.ACCOUNT_MANAGER),
    )  # fmt: skip


def contacts(person, words):
    """Contacts as (kind, said), or None where this person sees none."""
    sight = sight_of(person)
    if sight.nothing:
        return None
    keys = contact_keys(sight, words)
    rows = Contact.objects.visible_to(person).filter(pk__in=RawSQL(*keys))  # noqa: S611
    return rows.values_list(Value("contacts"), contact_said(person))


def contact_said(person):
    """A contact with the place that `person` sees."""
    return JSONObject(
        id="pk", name="name", latin_name="latin_name", key="search_key", sort="sort_key",
        at=place_of(person, "pk"),
    )  # fmt: skip


def place_of(person, contact):
    """The customer at whom `person` sees a contact (named by the expression), the present one first."""
    seen = Position.objects.visible_to(person).filter(contact=OuterRef(contact))
    latest = seen.order_by(F("ended_on").desc(nulls_first=True), "pk")
    at = JSONObject(id="customer_id", name="customer__name", title="title")
    return Subquery(latest.values(said=at)[:1])


def people(person, words):
    """Colleagues who have not left, as (kind, said), or None."""
    if not can(person, Action.PERSON_VIEW):
        return None
    rows = Person.objects.visible_to(person, Action.PERSON_VIEW)
    return named(rows, words)


def named(rows, words):
    """Those of `rows` of people who have not left and whom the words hit, as (kind, said)."""
    rows = rows.exclude(state=Person.State.LEFT).exclude(roles__contains=[Role.SYSTEM])
    column = "accounts_person.search_key"
    rows = rows.filter(pk__in=RawSQL(*among("accounts_person", hit("search_key", words))))  # noqa: S611
    best = rows.order_by(RawSQL(*rank(column, words)), "sort_key", "pk")[:MOST]  # noqa: S611
    return best.values_list(Value("people"), JSONObject(
        id="pk", name="name", latin_name="latin_name", title="title", key="search_key",
        sort="sort_key",
    ))  # fmt: skip


def among(table, condition):
    return Part(f"SELECT id FROM {table} WHERE {condition.sql}", condition.params)


def views(person, words):
    """The saved views one sees, as (kind, said), or None; their names are matched afterwards."""
    if not can(person, Action.CUSTOMER_VIEW):
        return None
    rows = SavedView.objects.visible_to(person).order_by("pk")[: saved_views.SHOWN]
    return rows.values_list(Value("views"), JSONObject(
        id="pk", name="name", filters="filters", columns="columns", sort_by="sort",
    ))  # fmt: skip


# -- without words: what one had open, and phones ------------------------------------------------
def by_phone(person, digits):
    """Channels in use of contacts that `person` may reach, whose phone ends in the four digits."""
    rows = ContactChannel.objects.visible_to(person, Action.CHANNEL_VIEW)
    rows = rows.filter(tail_index=tail_index(digits), ended_at__isnull=True)
    rows = rows.annotate(at=place_of(person, "contact")).select_related("contact__key")
    return list(rows.order_by("contact__sort_key", "pk")[:MOST])


def recent(person):
    """The customers and contacts whose pages `person` had open last and still sees, as Rows."""
    shown = Disclosure.objects.filter(person_id=person.pk).order_by("-shown_at")
    opened = [page for kind, path in shown.values_list("kind", "path")[:LOOKED_BACK]
              if kind == Disclosure.Kind.DETAIL and (page := opened_page(path))]  # fmt: skip
    latest = list(dict.fromkeys(opened))[: RECENT * 2]
    if not latest:
        return []
    keys = {kind: [pk for one, pk in latest if one == kind] for kind in ("customers", "contacts")}
    seen = Customer.objects.visible_to(person).filter(pk__in=keys["customers"])
    known = Contact.objects.visible_to(person).filter(pk__in=keys["contacts"])
    rows = {
        (kind, said["id"]): Row(kind, said)
        for kind, said in together([
            seen.values_list(Value("customers"), customer_said()),
            known.values_list(Value("contacts"), contact_said(person)),
        ])
    }  # fmt: skip
    return [rows[page] for page in latest if page in rows][:RECENT]


def opened_page(path):
    """(kind, key) of the page of a customer or contact, or None."""
    _start, *parts = path.split("/")
    if len(parts) != 2 or parts[0] not in ("customers", "contacts") or not parts[1].isdecimal():
        return None
    return parts[0], int(parts[1])
