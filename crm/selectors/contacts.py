"""Contacts as lists and pages show them: visible ones only, with the visible places only."""

from django.db.models import Exists, Max, Min, OuterRef, Prefetch, Q, Subquery, Value
from django.db.models.functions import Greatest, Least
from django.db.models.lookups import Exact

from accounts.access import Action, Role
from accounts.models import Person
from crm.models import Activity, Contact, Customer, Link, Position
from crm.selectors.activities import readable
from crm.selectors.key_accounts import RECENT as KNOWN_FOR
from crm.selectors.threads import RECENT
from kit import names
from kit.clock import StatementNow
from kit.dates import company_zone, today

PAGE = 25


def place_at(customer, contact):
    """The place of a contact at a customer that has not ended, or None."""
    return Position.objects.filter(customer=customer, contact=contact).open().first()


def places_seen(person, contact):
    """Places of a contact at customers that `person` sees, the open ones first.

    Each has `then`: where they went from there, as far as the person sees it.
    """
    rows = (
        Position.objects.visible_to(person)
        .filter(contact=contact)
        .select_related("customer")
        .marked_for(person)
        .key_first("pk")
    )
    found = sorted(rows, key=lambda row: not row.is_open)
    for row in found:
        row.then = None if row.is_open else went_to(row, found)
    return found


def went_to(place, places):
    """The first of `places` that began after this one had ended; one without a first day is last."""
    later = [
        one for one in places
        if one.customer_id != place.customer_id
        and (one.started_on > place.ended_on if one.started_on else one.is_open)
    ]  # fmt: skip
    return min(later, key=lambda one: (one.started_on is None, one.started_on), default=None)


def loggable_at(person, places):
    """The first of some open places at whose customer `person` may log activities, or None."""
    here = [place for place in places if place.is_open]
    may = Customer.objects.visible_to(person, Action.ACTIVITY_LOG)
    keys = set(may.filter(pk__in=[p.customer_id for p in here]).values_list("pk", flat=True))
    return next((place for place in here if place.customer_id in keys), None)


def at_customer(person, customer):
    """Present places at a customer, with their contacts; key persons first for who may know them."""
    return (
        Position.objects.filter(customer=customer)
        .open()
        .select_related("contact")
        .marked_for(person)
        .key_first("contact__sort_key", "pk")
    )


def editable_through(person, contact):
    """The customers through which `person` may edit a contact; none once it is erased."""
    places = Position.objects.filter(contact=contact, contact__erased_at=None).present()
    open_to = places.visible_to(person, Action.CUSTOMER_EDIT)
    return list(Customer.objects.filter(pk__in=open_to.values("customer")).order_by("sort_key"))


def last_activities(person, contact, most=10):
    """The latest visible activities in which a contact took part."""
    rows = Activity.objects.visible_to(person).filter(contacts=contact)
    rows = rows.select_related("author", "customer").order_by("-happened_at", "-pk")[:most]
    return [readable(row, person) for row in rows]


def listed(person, q="", key=False, function="", only=""):
    """Visible contacts by name, with `.places`; narrowed by words, key persons, a function, one of ONLY.

    Only places at customers that `person` sees count: a key person elsewhere is none here, and none
    where the person may not see who is one.
    """
    seen = Position.objects.visible_to(person).marked_for(person)
    rows = Contact.objects.visible_to(person)
    narrowing = ({"is_key": True} if key else {}) | ({"function": function} if function else {})
    if narrowing:
        rows = rows.filter(Exists(seen.open().filter(contact=OuterRef("pk"), **narrowing)))
    if only:
        rows = rows.filter(ONLY[only](person))
    if q.strip():
        rows = rows.filter(matching(q))
    places = seen.select_related("customer").key_first("pk")
    return rows.order_by("sort_key", "pk").prefetch_related(
        Prefetch("positions", queryset=places, to_attr="places")
    )


# -- what a list is cut by: a Q on the contact, counting what `person` sees ------------------------
def unreached(person):
    """In post, and nobody had confirmed contact within 90 days."""
    lately = StatementNow() - Value(RECENT)
    met = Activity.objects.visible_to(person).filter(
        contacts=OuterRef("pk"), confirmed_at__isnull=False, happened_at__gt=lately
    )
    return Q(Exists(places_of(person).open())) & ~Q(Exists(met))


def known_by_one(person):
    """Exactly one of ours has a recorded link, or was with them within 180 days.

    The service line does not count: it is the second line.
    """
    met = Activity.objects.visible_to(person).filter(
        contacts=OuterRef("pk"), happened_at__gt=StatementNow() - Value(KNOWN_FOR)
    )
    links = Link.objects.filter(contact=OuterRef("pk"), ended_on__isnull=True)
    ways = ((links, "person"), (met, "author"), (met, "visitors__person"))
    return Q(
        Exact(
            Least(*(edge(*way, Min) for way in ways)), Greatest(*(edge(*way, Max) for way in ways))
        )
    )


def edge(rows, name, which):
    """The smallest or largest key of those of ours, still here, whom these rows name by `name`."""
    here = {f"{name}__state__in": [Person.State.ACTIVE, Person.State.ON_NOTICE]}
    rows = rows.filter(**here).exclude(**{f"{name}__roles__contains": [Role.SERVICE]})
    grouped = rows.order_by().values(one=Value(1)).annotate(edge=which(name))
    return Subquery(grouped.values("edge"))


def moved(person):
    """Was at one customer and is at another, both of which the person sees."""
    seen = Position.objects.visible_to(person)
    elsewhere = (
        seen.open().filter(contact=OuterRef("contact")).exclude(customer=OuterRef("customer"))
    )
    left = places_of(person).filter(ended_on__lt=today(company_zone()))
    return Q(Exists(left.filter(Exists(elsewhere))))


def places_of(person):
    """The places of the contact of the outer query at customers that `person` sees."""
    return Position.objects.visible_to(person).filter(contact=OuterRef("pk"))


ONLY = {"unreached": unreached, "known-by-one": known_by_one, "moved": moved}


def is_known_by_one(person, contact):
    """Whether one of ours alone knows a contact."""
    return Contact.objects.filter(pk=contact.pk).filter(known_by_one(person)).exists()


def matching(q):
    """Name, Latin name, pinyin or initials contain the words, also written together."""
    folded = names.fold(q)[:80]
    together = "".join(names.SEPARATORS.split(folded))
    found = Q(search_key__contains=folded)
    return found | Q(search_key__contains=together) if together else found


def page(person, rows, after=None, before=None):
    """One page of `listed` after or before a contact: (rows, has previous, has next).

    after, before: the key of a contact the person sees; another one gives an empty page.
    """
    mark = after or before
    if mark:
        place = Contact.objects.visible_to(person).filter(pk=mark).values("sort_key")
        way = "lt" if before else "gt"
        beyond = Q(**{f"sort_key__{way}": Subquery(place)})
        beside = Q(**{"sort_key": Subquery(place), f"pk__{way}": mark})
        rows = rows.filter(beyond | beside)
    if before:
        rows = rows.order_by("-sort_key", "-pk")
    found = list(rows[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    for contact in found:
        contact.places = [place for place in contact.places if place.is_open] or contact.places
    if before:
        return found[::-1], more, True
    return found, bool(after), more


def place_seen(person, pk):
    """The place with this key, as `person` sees it: with its customer and mark as key person."""
    seen = Position.objects.visible_to(person).select_related("customer").marked_for(person)
    return seen.get(pk=pk)
