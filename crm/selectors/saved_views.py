"""Saved views of a list, and selections: what of them a list shows, and what may be done with one.

A list page may ask five statements, so the views and the selection come with its first rows.
"""

from dataclasses import dataclass, field

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When, Window
from django.db.models.functions import JSONObject, RowNumber
from django.db.models.lookups import LessThanOrEqual
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, can
from accounts.models import Person
from crm.models import Customer, SavedView, Selection, StartView
from crm.models.saved_views import Listing
from kit.errors import Conflict

SHOWN = 30  # views that stand as tabs
# Of one row more than a page holds the last is dropped, so one of the first two always stays.
FIRST = 2


@dataclass(frozen=True)
class Act:
    """Something that can be done with a selection: the page at `address` takes `?selection=`."""

    name: str
    label: str
    action: Action
    address: str

    @property
    def is_there(self):
        """Whether there is a page at its address."""
        try:
            return bool(resolve(self.address))
        except Resolver404:
            return False


ACTS = [Act("transfer", gettext_lazy("Transfer"), Action.SEAT_ASSIGN, "/transfers/new")]


def acts_for(person):
    """What this person may do with a selection; nothing means that there is nothing to select for."""
    return [act for act in ACTS if can(person, act.action) and act.is_there]


@dataclass
class Saved:
    """A saved view as the tabs of a list show it."""

    id: int
    name: str
    filters: dict
    columns: list
    sort: str
    author: dict  # id, name, latin_name
    is_mine: bool = True
    is_shared: bool = False
    is_start: bool = False

    @property
    def maker(self):
        return Person(**self.author)


@dataclass
class Beside:
    """What a list shows beside its rows: saved views, and the selection made from it."""

    views: list = field(default_factory=list)
    picked: dict = field(default_factory=dict)  # id, ids, filters; empty without a selection

    @property
    def start(self):
        """The view that the list opens with, or None."""
        return next((view for view in self.views if view.is_start), None)

    def view(self, pk):
        """The view of this key, or None."""
        return next((view for view in self.views if view.id == pk), None)


# -- beside a list -------------------------------------------------------------------------------
def visible(person, page=Listing.CUSTOMERS):
    """The saved views of a list that a person sees: their own first, then those shared with them."""
    start = StartView.objects.filter(person=person.pk, view=OuterRef("pk"))
    seen = SavedView.objects.visible_to(person).filter(page=page)
    known = seen.annotate(is_mine=Q(made_by=person.pk), is_start=Exists(start))
    return known.order_by("-is_mine", "position", "pk")


def told(person, page):
    """Each visible view as the JSON of a Saved."""
    author = JSONObject(id="made_by", name="made_by__name", latin_name="made_by__latin_name")
    said = JSONObject(
        id="pk", name="name", filters="filters", columns="columns", sort="sort", author=author,
        is_mine="is_mine", is_shared=Q(shared_with__isnull=False), is_start="is_start",
    )  # fmt: skip
    return visible(person, page).values_list(said, flat=True)[:SHOWN]


def riding(rows, person, selection=None, page=Listing.CUSTOMERS):
    """`rows`, the queryset behind a list, with what stands beside it on the first of them.

    selection: the key of the one the person has begun, or None.
    """
    is_first = LessThanOrEqual(Window(RowNumber()), FIRST)
    rows = rows.annotate(views_json=Case(When(is_first, then=ArraySubquery(told(person, page)))))
    if selection is None:
        return rows
    said = JSONObject(id="pk", ids="ids", filters="filters")
    picked = Subquery(live(person).filter(pk=selection).values_list(said, flat=True))
    return rows.annotate(picked_json=Case(When(is_first, then=picked)))


def beside(rows, person, page=Listing.CUSTOMERS):
    """The Beside that rides on the rows of a page; where there are none it is asked for."""
    first = next((row for row in rows if row.views_json is not None), None)
    views = told(person, page) if first is None else first.views_json
    return Beside([Saved(**view) for view in views], getattr(first, "picked_json", None) or {})


# -- selections ----------------------------------------------------------------------------------
def live(person):
    """The selections of a person that are neither used up nor expired."""
    return Selection.objects.visible_to(person).live()


def selection(person, key):
    """The selection of this key (a UUID or its text), one's own.

    Raises Http404 where there is none, Conflict (409) where it has expired or was used up.
    """
    try:
        found = Selection.objects.visible_to(person).filter(pk=key).first()
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise Http404
    if not live(person).filter(pk=found.pk).exists():
        text = _("This selection is over: it has been used, or an hour has passed. Select again.")
        raise Conflict(text, code="selection_over")
    return found


def still_visible(person, selection):
    """(keys of a selection that the person still sees, in its order; how many are left out)."""
    kept = seen_of(person, selection.ids)
    return kept, len(selection.ids) - len(kept)


def seen_of(person, keys):
    """Those of the keys of customers that the person sees, in their order."""
    rows = Customer.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True)
    seen = set(rows)
    return [pk for pk in dict.fromkeys(keys) if pk in seen]
