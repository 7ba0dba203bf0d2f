"""The directory of our people, and what one person may know of another."""

from django.db.models import Prefetch, Q

from accounts.access import Action, Role
from accounts.models import Membership, Person
from accounts.selectors.org import units_below
from kit import names
from kit.clock import StatementNow

PAGE = 50


def directory():
    """Everybody who is a human being; the company's own account is none."""
    return Person.objects.exclude(roles__contains=[Role.SYSTEM])


def listed(viewer, *, q="", unit=None, role="", state=""):
    """The directory as `viewer` may search it, by name.

    q: part of a name, pinyin, initials or Latin name. state: asked only of people whose state of
    employment the viewer may see, so that no filter tells what a page would not. Whoever has left
    is listed only when asked for.
    """
    people = directory().visible_to(viewer)
    if state in Person.State.values:
        known = Person.objects.visible_to(viewer, Action.EMPLOYMENT_VIEW)
        people = people.filter(pk__in=known.values("pk"), state=state)
    else:
        people = people.exclude(state=Person.State.LEFT)
    if term := names.fold(q):
        people = people.filter(Q(search_key__contains=term) | Q(title__icontains=term))
    if unit is not None:
        inside = Membership.objects.at().filter(unit__in=units_below(unit))
        people = people.filter(pk__in=inside.values("person"))
    if role in Role.values:
        people = people.filter(roles__contains=[role])
    return people


def page(people, after=None, size=PAGE):
    """One page by name after the person `after`: (people with their units, is there more)."""
    rows = people.order_by("sort_key", "pk")
    if after is not None:
        rows = rows.filter(
            Q(sort_key__gt=after.sort_key) | Q(sort_key=after.sort_key, pk__gt=after.pk)
        )
    rows = list(rows.prefetch_related(Prefetch("memberships", here(), to_attr="here"))[: size + 1])
    return rows[:size], len(rows) > size


def here():
    """Memberships in force, with their units: the home first, then what one heads."""
    return Membership.objects.at().select_related("unit").order_by("-post", "unit__position")


def known_states(viewer, people):
    """person id → state, for those whose state of employment the viewer may see."""
    seen = Person.objects.filter(pk__in=[person.pk for person in people])
    return dict(seen.visible_to(viewer, Action.EMPLOYMENT_VIEW).values_list("pk", "state"))


def absences(viewer, person):
    """Absences of a person that are not over, as far as the viewer may see them."""
    rows = person.absences.visible_to(viewer)
    return rows.filter(Q(period__endswith__gt=StatementNow()) | Q(period__upper_inf=True)).order_by(
        "period"
    )


def choices(q, limit=20):
    """Up to `limit` people who have not left and match a name: for forms that choose somebody."""
    people = directory().exclude(state=Person.State.LEFT)
    if term := names.fold(q):
        people = people.filter(search_key__contains=term)
    return people.order_by("sort_key", "pk")[:limit]
