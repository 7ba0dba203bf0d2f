"""Saved views of the list of customers: kept, changed, shared, removed, opened."""

from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors.org import home_unit, units_led_by
from crm.filters import customers as filters
from crm.forms.saved_views import ViewForm
from crm.models import SavedView, StartView
from crm.selectors import customer_list
from crm.selectors import saved_views as selectors
from crm.services import saved_views
from crm.views.customer_list import ORDERS, address, chips
from kit.errors import NotAllowed
from kit.versions import tag
from kit.web import back, done, form_status, get_visible_or_404, sent, show, submitted


@require_safe
def index(request):
    """All views that one sees, one's own first, and what may be done with each."""
    views = list(selectors.visible(request.user).select_related("made_by", "shared_with"))
    led = units_led_by(request.user) if any(view.shared_with_id for view in views) else set()
    rows = [
        {"view": view, "url": address(view), "leads": view.shared_with_id in led} for view in views
    ]
    return show(request, "crm/saved_views/index.html", {"rows": rows})


@require_safe
def view(request, pk):
    """Open a view: an address that stays the same whatever the view is changed to."""
    return HttpResponseRedirect(address(get_visible_or_404(SavedView, request, pk=pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def create(request):
    """Keep the list as it is looked at, under a name."""
    unit = home_unit(request.user)
    form = ViewForm(sent(request), unit=unit, initial={"query": request.GET.urlencode()})

    def act(given):
        return saved_views.save(actor=request.user, values=values(request, form, unit))

    made = submitted(request, form, act)
    if made is not None:
        begin(request, form, made)
        return done(request, address(made), _("View saved"))
    return page(request, form, _("Save view"), unit)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change one's own view: its name, who sees it, or what it shows."""
    known = get_visible_or_404(SavedView, request, pk=pk)
    if known.made_by_id != request.user.pk:
        raise NotAllowed()
    unit = known.shared_with or home_unit(request.user)
    kept = filters.address(known.filters, known.columns, known.sort)
    starts = StartView.objects.visible_to(request.user).filter(view=known).exists()
    form = ViewForm(
        sent(request), unit=unit,
        initial={"query": request.GET.urlencode() or kept, "name": known.name,
                 "share": known.shared_with_id is not None, "start": starts,
                 "version": tag(known, saved_views.FIELDS)},
    )  # fmt: skip

    def act(given):
        return saved_views.change(
            actor=request.user, view=known, values=values(request, form, unit),
            version=given["version"] or None,
        )  # fmt: skip

    if submitted(request, form, act):
        known.refresh_from_db()
        begin(request, form, known, starts)
        return done(request, address(known), _("View saved"))
    if form_status(form) == 409:  # sent again it saves mine, over what is there now
        known.refresh_from_db()
        form.data = form.data.copy()
        form.data["version"] = tag(known, saved_views.FIELDS)
    return page(request, form, _("Edit view"), unit, known)


def values(request, form, unit):
    """The fields of the view as the verbs take them, read as the list itself reads its address."""
    asked = filters.read(form.address, request.user)
    return {
        "name": form.cleaned_data["name"], "filters": asked.filters, "columns": asked.own_columns,
        "sort": asked.sort, "shared_with": unit if form.cleaned_data.get("share") else None,
    }  # fmt: skip


def begin(request, form, made, before=False):
    """Let the list open with the view, or no longer, where that is another wish than before."""
    wanted = form.cleaned_data["start"]
    if wanted != before:
        saved_views.start_with(actor=request.user, view=made if wanted else None)


def page(request, form, title, unit, known=None):
    """The page of a view: what it shows now, and how many of them there are."""
    asked = filters.read(form.address, request.user)
    there = customer_list.page(
        request.user, term=asked.term, filters=asked.condition(request.user), limit=1
    )
    asked.saved = asked.saved or 1  # here a view of the system is one more filter
    context = {
        "form": form, "title": title, "unit": unit, "known": known, "chips": chips(asked),
        "order": ORDERS.get(asked.sort) or ORDERS.get(asked.sort.lstrip("-")), "term": asked.term,
        "columns": [filters.COLUMNS[name] for name in asked.columns],
        "total": there.total, "most": customer_list.COUNT_UP_TO,
        "cancel": address(known) if known else list_at(form.address),
    }  # fmt: skip
    return show(request, "crm/saved_views/form.html", context, status=form_status(form))


def list_at(query):
    """The list as it was looked at."""
    return f"{reverse('crm:customers')}?{query.urlencode()}"


@require_POST
def remove(request, pk):
    """Remove one's own view."""
    known = get_visible_or_404(SavedView, request, pk=pk)
    saved_views.remove(actor=request.user, view=known)
    return done(request, reverse("crm:saved-views"), _("View removed"))


@require_POST
def start(request, pk):
    """Let the list open with this view; with `off` with everything again."""
    known = get_visible_or_404(SavedView, request, pk=pk)
    off = "off" in request.POST
    saved_views.start_with(actor=request.user, view=None if off else known)
    text = _("The list opens with all customers.") if off else _("The list opens with this view.")
    return done(request, back(request, reverse("crm:saved-views")), text)


@require_POST
def first(request, pk):
    """Let one's own view stand before the others."""
    known = get_visible_or_404(SavedView, request, pk=pk)
    saved_views.put_first(actor=request.user, view=known)
    return done(request, reverse("crm:saved-views"), _("This view stands first."))


@require_POST
def unshare(request, pk):
    """Take a view out of the team."""
    known = get_visible_or_404(SavedView, request, pk=pk)
    saved_views.stop_sharing(actor=request.user, view=known)
    return done(request, reverse("crm:saved-views"), _("The view is no longer shared."))
