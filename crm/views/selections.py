"""What is selected in the list of customers: ticks, all that match, the frozen list itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Action, can
from crm.access import sight_of
from crm.filters import customers as filters
from crm.filters.typed import key, keys
from crm.forms.saved_views import PickForm
from crm.models import Selection
from crm.selectors import customer_list
from crm.selectors import customers as rows
from crm.selectors import saved_views as selectors
from crm.services import saved_views
from crm.views.customer_list import PICKED, bar
from kit.errors import NotAllowed, Refused
from kit.web import done, get_visible_or_404, paged, show

PAGE = 50


@require_POST
def pick(request):
    """Take ticks into the selection, all that match, or nothing; then act, or back to the list."""
    form = PickForm(request.POST)
    if not form.is_valid():
        raise Http404
    given, asked = form.cleaned_data, filters.read(form.address, request.user)
    begun = Selection.objects.visible_to(request.user).filter(pk=given["selection"]).first()
    act = next((a for a in selectors.acts_for(request.user) if a.name == given["act"]), None)
    try:
        selection = changed(request, form, begun, asked)
    except NotAllowed:
        raise
    except Refused as refused:
        if request.htmx:
            raise
        messages.error(request, str(refused.message))
        return done(request, listed(form))
    remember(request, selection)
    if request.htmx:
        return answer(request, asked, selection)
    if act is None:
        return done(request, listed(form))
    if not (selection and selection.ids):
        messages.error(request, _("Select a customer first"))
        return done(request, listed(form))
    return done(request, f"{act.address}?selection={selection.pk}")


def changed(request, form, begun, asked):
    """The selection after what was asked for, or None."""
    act, said = form.cleaned_data["act"], filters.address(asked.filters)
    if act == "clear":
        return begun and saved_views.clear(actor=request.user, selection=begun)
    if act == "all":
        return saved_views.pick_all(
            actor=request.user, selection=begun, term=asked.term, filters=said,
            condition=asked.condition(request.user),
        )  # fmt: skip
    return saved_views.pick(
        actor=request.user, selection=begun, filters=said,
        shown=keys(request.POST.get("shown", "").split(",")),
        picked=keys(request.POST.getlist("pick")),
    )  # fmt: skip


def remember(request, selection):
    """Keep in the session which selection has been begun."""
    if selection is None:
        request.session.pop(PICKED, None)
    elif request.session.get(PICKED) != str(selection.pk):
        request.session[PICKED] = str(selection.pk)


def listed(form):
    """The page of the list on which the ticks were made."""
    return f"{reverse('crm:customers')}?{form.address.urlencode()}"


def answer(request, asked, selection):
    """The bar over the table, for htmx."""
    page = customer_list.page(
        request.user, term=asked.term, filters=asked.condition(request.user), limit=1
    )
    ids, key = (selection.ids, selection.pk) if selection else ([], None)
    context = bar(request, page.total, key, ids) | {
        "acts": selectors.acts_for(request.user), "most": customer_list.COUNT_UP_TO,
    }  # fmt: skip
    return render(request, "crm/saved_views/_bar.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def selection(request, pk):
    """The selected customers as a list; posted, what is ticked there is taken out."""
    found = get_visible_or_404(Selection, request, pk=pk)
    if not can(request.user, Action.SEAT_ASSIGN):
        raise NotAllowed()
    found = selectors.selection(request.user, found.pk)
    if request.method == "POST":
        gone = keys(request.POST.getlist("pick"))
        if not gone:
            messages.error(request, _("Select a customer first"))
        else:
            found = saved_views.take_out(actor=request.user, selection=found, keys=gone)
        home = found if found.ids else None
        if home is None:
            return done(request, reverse("crm:customers"), _("Nothing is selected any more."))
        return done(request, f"{reverse('crm:selection', args=[pk])}?page={page_of(request)}")
    return shown(request, found)


def page_of(request):
    """The number of the page that was posted or asked for; strange ones are the first."""
    text = request.POST.get("page") or request.GET.get("page") or "1"
    return key(text) or 1


def shown(request, found):
    """The page of a selection: rows that are still visible, how many are not, and the acts."""
    ids, left_out = selectors.still_visible(request.user, found)
    part = Paginator(ids, PAGE).get_page(page_of(request))
    by_key = rows.list_rows().visible_to(request.user).in_bulk(list(part.object_list))
    sight = sight_of(request.user)
    customers = [by_key[pk] for pk in part.object_list if pk in by_key]
    paged(request, customers, [customer.pk for customer in customers])
    context = {
        "selection": found, "rows": [rows.row(customer, sight) for customer in customers],
        "part": part, "total": len(ids), "left_out": left_out,
        "acts": selectors.acts_for(request.user),
        "back": f"{reverse('crm:customers')}?{found.filters or 'view=all'}",
    }  # fmt: skip
    return show(request, "crm/saved_views/selection.html", context)


@require_POST
def clear(request, pk):
    """Forget a selection."""
    found = get_visible_or_404(Selection, request, pk=pk)
    saved_views.clear(actor=request.user, selection=found)
    remember(request, None)
    return done(request, f"{reverse('crm:customers')}?{found.filters or 'view=all'}")
