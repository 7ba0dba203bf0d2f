"""Saved views: kept, changed, shared, removed. Selections: begun, changed, cleared, used up.

A view is a verb with its trail. Ticks are not: a selection is a draft of one's own, and what is then
done with it leaves the trail.
"""

from django.db import transaction
from django.db.models import Max, Min
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.audit import assign, initial, record
from accounts.selectors.org import home_unit, units_led_by
from accounts.service import clean, only, service
from crm.models import SavedView, Selection, StartView
from crm.models.saved_views import Listing
from crm.selectors import customer_list, saved_views
from kit.clock import database_now
from kit.errors import Conflict, NotAllowed, Refused
from kit.versions import unchanged

FIELDS = {"name", "filters", "columns", "sort", "shared_with"}
MOST_VIEWS = 50  # of one person


# -- views ---------------------------------------------------------------------------------------
@service(Action.PROFILE_EDIT)
def save(*, actor, values, page=Listing.CUSTOMERS):
    """Keep a view under a name. values: of FIELDS; shared_with is a unit or None. Returns it.

    Raises Conflict where the actor has a view of this name, Refused where there are too many.
    """
    mine = SavedView.objects.filter(made_by=actor, page=page)
    if mine.count() >= MOST_VIEWS:
        raise Refused(_("You have as many views as can be kept. Remove one first."), field="name")
    last = mine.aggregate(last=Max("position"))["last"]
    view = SavedView(page=page, made_by=actor, position=(last or 0) + 1)
    assign(view, only(values, FIELDS))
    sound(view)
    view.save()
    record(view, initial(view, {"name", "shared_with"}))
    return view


@service(Action.PROFILE_EDIT, on="view")
def change(*, actor, view, values, version=None):
    """Change a view of one's own: name, what it shows, with whom it is shared. Returns it.

    version: the tag of FIELDS that was seen; another one is a Conflict.
    """
    unchanged(view, FIELDS, version)
    before = view.shared_with
    changes = assign(view, only(values, FIELDS))
    sound(view, before)
    view.save()
    record(view, {name: changes[name] for name in changes.keys() & {"name", "shared_with"}})
    return view


def sound(view, before=None):
    """A view that can be kept, or Refused at the field that is wrong. before: the unit it had."""
    view.name = " ".join(view.name.split())
    if not view.name:
        raise Refused(_("Enter a name"), field="name")
    clean(view, {"name"})
    namesakes = SavedView.objects.filter(made_by=view.made_by, page=view.page, name=view.name)
    if namesakes.exclude(pk=view.pk).exists():
        raise Conflict(_("You have a view of this name already."), field="name")
    if view.shared_with_id and view.shared_with not in (home_unit(view.made_by), before):
        raise Refused(_("A view can be shared with one's own team"), field="shared_with")


@service(Action.PROFILE_EDIT, on="view")
def remove(*, actor, view):
    """Remove a view of one's own, for everybody it was shared with too."""
    record(view, {"name": (view.name, None)})
    view.delete()


@service(Action.PERSON_VIEW, on="view")
def stop_sharing(*, actor, view):
    """Take a view out of the unit it is shared with: its author, or who leads the unit. Returns it."""
    if view.made_by_id != actor.pk and view.shared_with_id not in units_led_by(actor):
        raise NotAllowed()
    changes = assign(view, {"shared_with": None})
    view.save()
    record(view, changes)
    return view


@service(Action.PROFILE_EDIT)
def start_with(*, actor, view, page=Listing.CUSTOMERS):
    """Let one's list open with a view that one sees; None: with everything again."""
    if view is not None and not saved_views.visible(actor, page).filter(pk=view.pk).exists():
        raise Http404
    mine = StartView.objects.filter(person=actor, page=page)
    before = mine.select_related("view").first()
    if view is None:
        mine.delete()
    else:
        StartView.objects.update_or_create(person=actor, page=page, defaults={"view": view})
    names = before and before.view.name, view and view.name
    record(actor, {"start_view": names} if names[0] != names[1] else {})


@service(Action.PROFILE_EDIT, on="view")
def put_first(*, actor, view):
    """Let a view of one's own stand before the others. Returns it."""
    mine = SavedView.objects.filter(made_by=actor, page=view.page).exclude(pk=view.pk)
    first = mine.aggregate(first=Min("position"))["first"]
    changes = assign(view, {"position": (first or 0) - 1}) if first is not None else {}
    view.save()
    record(view, changes)
    return view


# -- selections ----------------------------------------------------------------------------------
def may_select(actor):
    """Whoever may do nothing with a selection selects nothing."""
    if not can(actor, Action.SEAT_ASSIGN):
        raise NotAllowed()


@transaction.atomic
def pick(*, actor, selection, shown, picked, filters):
    """Take what is picked on a page into a selection, and what else was shown there out of it.

    selection: the one begun, or None. shown, picked: keys of customers. filters: of the list, as its
    address says them; another list begins another selection. Only what the actor sees enters. Returns
    the selection; None where there is none and nothing was picked. Raises Refused beyond the most.
    """
    may_select(actor)
    now = selection and saved_views.live(actor).select_for_update().filter(pk=selection.pk).first()
    if now and now.filters != filters:
        now = None
    taken = saved_views.seen_of(actor, picked)
    if now is None and not taken:
        return None
    gone = set(shown) | set(taken)
    kept = [pk for pk in (now.ids if now else []) if pk not in gone]
    return freeze(actor, now, [*kept, *taken], filters)


@transaction.atomic
def pick_all(*, actor, selection, condition, term, filters):
    """Freeze the keys of everything that a list holds now. Returns the selection.

    condition, term: of the list, as `customer_list.keys` takes them. Raises Refused beyond the most.
    """
    may_select(actor)
    ids = customer_list.keys(actor, Selection.MOST, filters=condition, term=term)
    now = selection and saved_views.live(actor).select_for_update().filter(pk=selection.pk).first()
    return freeze(actor, now, ids, filters)


def freeze(actor, selection, ids, filters):
    """Write the keys of a selection, for an hour from now."""
    if len(ids) > Selection.MOST:
        text = _("At most 5,000 customers can be selected at once. Filter first.")
        raise Refused(text, code="too_many")
    now = database_now()
    if selection is None:
        mine = Selection.objects.filter(person=actor)
        mine.filter(expires_at__lt=now - Selection.LIVES).delete()
        selection = Selection(person=actor)
    selection.ids, selection.filters = ids, filters
    selection.expires_at = now + Selection.LIVES
    selection.save()
    return selection


@transaction.atomic
def take_out(*, actor, selection, keys):
    """Take customers out of a selection. Returns it; one that is over is a Conflict."""
    may_select(actor)
    own = Selection.objects.visible_to(actor).select_for_update().filter(pk=selection.pk).first()
    selection = saved_views.selection(actor, own and own.pk)  # asked again once it is held
    kept = [pk for pk in selection.ids if pk not in set(keys)]
    return freeze(actor, selection, kept, selection.filters)


def clear(*, actor, selection):
    """Forget a selection; one that is over is forgotten already."""
    saved_views.live(actor).filter(pk=selection.pk).update(ids=[], used_at=database_now())


def use(selection):
    """Use a selection up, once: called by the verb that acts on it. A second use is a Conflict."""
    left = Selection.objects.live().filter(pk=selection.pk)
    if not left.update(used_at=database_now()):
        text = _("This selection is over: it has been used, or an hour has passed. Select again.")
        raise Conflict(text, code="selection_over")
