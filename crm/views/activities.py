"""Logging a visit, the page of one, its correction and confirmation, the timeline of a customer."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import Action, can
from accounts.models import Person
from crm.forms.activities import CorrectForm, LogForm, TimelineFilter
from crm.models import Activity, Customer
from crm.selectors import activities as shapes
from crm.selectors import customer_list, private_file, timeline, worklist
from crm.services import activities, tasks
from kit import names
from kit.errors import NotAllowed, Refused
from kit.web import (
    back,
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    paged,
    sent,
    show,
    submitted,
)

FOUND = 6  # hits of a search in the sheet
PANEL = 5  # events in the panel of the customer's page


def log(request):
    """The log sheet as a page, and where the sheet itself is sent to."""
    may_log(request)
    form = LogForm(sent(request))
    activity = submitted(request, form, lambda given: logged_by(request.user, form))
    if activity:
        return logged(request, activity)
    if request.htmx:
        return refused(request, form)
    given = request.POST if form.is_bound else request.GET
    context = choices(request, given.get("customer", ""), given.get("q", ""))
    chosen = {name: set(given.getlist(name)) for name in ("contacts", "visitors")}
    return show(request, "crm/activities/log.html", context | chosen | {
        "form": form, "q": given.get("q", ""), "stored": stored(form),
        "next_in": given.get("next_in", ""), "task": given.get("task", ""),
    }, status=form_status(form))  # fmt: skip


def logged_by(person, form):
    """Log what the form says; a customer that is not theirs to log for is none to choose."""
    try:
        return tasks.log(actor=person, **form.said)
    except (Http404, NotAllowed):
        raise Refused(_("Choose a customer"), field="customer") from None


def logged(request, activity):
    """Stored: a bar in the page for the sheet, the page of the visit for the plain form."""
    if not request.htmx:
        return done(request, activity, said_done(activity))
    response = show(request, "crm/activities/_logged.html",
                    {"text": said_done(activity), "activity": activity})  # fmt: skip
    response["HX-Retarget"], response["HX-Reswap"] = "#main", "afterbegin"
    response["HX-Trigger"] = "visit-logged"
    return response


def said_done(activity):
    """What was stored, in the words of its kind."""
    return {
        Activity.Kind.CALL: _("Call logged."),
        Activity.Kind.MESSAGE: _("Message logged."),
        Activity.Kind.MEETING: _("Online meeting logged."),
    }.get(activity.kind, _("Visit logged."))


def refused(request, form):
    """What was wrong, into the sheet: the text stays where it is."""
    first = stored(form)
    response = show(request, "crm/activities/_refused.html", {"form": form, "stored": first},
                    status=form_status(form))  # fmt: skip
    response["HX-Retarget"], response["HX-Reswap"] = "#log-sheet [data-refused]", "innerHTML"
    if first or "client_uuid" in form.errors:
        response["HX-Trigger"] = "log-renew"
    return response


def stored(form):
    """The visit that was kept under the same id, if it is the sender's own."""
    return getattr(getattr(form, "refused", None), "activity", None)


@require_safe
def sheet(request):
    """What the sheet offers: customers, their contacts, colleagues. Fetched while nobody waits."""
    may_log(request)
    context = choices(request, request.GET.get("customer", ""))
    return show(request, "crm/activities/_choices.html", context | {"in_sheet": True})


@require_safe
def search(request):
    """Customers, or colleagues with `for=people`, that a term finds: buttons of the sheet."""
    may_log(request)
    term = request.GET.get("q", "").strip()
    if request.GET.get("for") == "people":
        people = found_people(request.user, term)
        return show(request, "crm/activities/_found.html", {"people": people, "q": term})
    customers = found_customers(request, term)
    return show(request, "crm/activities/_found.html", {"customers": customers, "q": term})


def may_log(request):
    """The sheet is for people who log; others are told so."""
    if not can(request.user, Action.ACTIVITY_LOG):
        raise NotAllowed


def choices(request, first="", term=""):
    """Customers to choose from, the likeliest first, each with the contacts to tick."""
    key = int(first) if first.isascii() and first.isdigit() and len(first) < 19 else None
    found = found_customers(request, term)
    customers = [*found, *(c for c in worklist.suggestions(request.user, key) if c not in found)]
    offered = worklist.offered_contacts(request.user, customers)
    wishes = private_file.wishes(customers)
    for customer in customers:
        customer.offered = offered.get(customer.pk, [])
        customer.wish = wishes.get(customer.pk, "")
    chosen = next((one for one in customers if one.pk == key), None)
    # A customer that was asked for and is not there must not become another one.
    if not chosen and customers and (len(found) == 1 if term else not first):
        chosen = customers[0]
    return {
        "customers": paged(request, customers, [customer.pk for customer in customers]),
        "chosen": chosen,
        "colleagues": worklist.offered_colleagues(request.user),
    }


def found_customers(request, term):
    """Customers by name, pinyin or initials where this person may log."""
    if not term:
        return []
    mine = Customer.objects.visible_to(request.user, Action.ACTIVITY_LOG)
    found = customer_list.page(request.user, term=term, limit=FOUND, rows=mine).rows
    return paged(request, found, [customer.pk for customer in found])


def found_people(person, term):
    """Colleagues by name, user name or pinyin."""
    if not term:
        return []
    people = Person.objects.visible_to(person, Action.PERSON_VIEW).with_access()
    people = people.exclude(pk=person.pk).exclude(username="system")
    return people.filter(search_key__contains=names.fold(term)[:60])[:FOUND]


# -- one activity ---------------------------------------------------------------------------------


def visit(request, pk):
    """The page of a visit."""
    activity = get_visible_or_404(shapes.with_people(), request, pk=pk)
    person, customer = request.user, activity.customer
    sees_customer = can(person, Action.CUSTOMER_VIEW, customer)
    may_log_here = sees_customer and can(person, Action.ACTIVITY_LOG, customer)
    hidden = shapes.hears_first(person)
    return show(request, "crm/activities/show.html", {
        "activity": shapes.readable(activity, person), "customer": customer,
        "sees_customer": sees_customer, "hidden": hidden,
        "may_confirm": shapes.may_confirm(person, activity),
        "may_correct": may_log_here and shapes.may_correct(person, activity),
        "may_finish": may_log_here and activity.next_step_open,
        "versions": shapes.versions(activity) if sees_customer and not hidden else [],
        "received_apart": shapes.received_apart(activity),
    }, customers=[customer.pk])  # fmt: skip


def correct(request, pk):
    """Correct a visit; the page shows both versions afterwards."""
    activity = get_allowed_or_403(shapes.with_people(), request, Action.ACTIVITY_LOG, pk=pk)
    if not shapes.may_correct(request.user, activity):
        raise NotAllowed(_("Only who logged this, or who acts for them, may correct it."))
    form = CorrectForm(sent(request), initial=shapes.as_typed(activity))

    def act(given):
        return activities.correct(actor=request.user, activity=activity, values=form.values,
                                  version=given["version"])  # fmt: skip

    if submitted(request, form, act):
        return done(request, activity, _("Corrected. Both versions are kept."))
    conflict = form_status(form) == 409
    ticked = request.POST.getlist("contacts") if form.is_bound else shapes.contact_keys(activity)
    places = worklist.offered_contacts(request.user, [activity.customer], most=30)
    return show(request, "crm/activities/correct.html", {
        "form": form, "activity": activity, "conflict": conflict,
        "version": activity.version if conflict else form["version"].value(),
        "contacts": shapes.to_tick(activity, places.get(activity.customer_id, [])),
        "ticked": {str(key) for key in ticked},
    }, customers=[activity.customer_id], status=form_status(form))  # fmt: skip


@require_POST
def confirm(request, pk):
    """A joint visitor confirms."""
    activity = get_visible_or_404(Activity, request, pk=pk)
    activities.confirm(actor=request.user, activity=activity)
    return done(request, activity, _("Confirmed."))


@require_POST
def next_step_done(request, pk):
    """The next step has been taken."""
    activity = get_visible_or_404(Activity, request, pk=pk)
    activities.finish_next_step(actor=request.user, activity=activity)
    return done(
        request, back(request, activity.get_absolute_url()), _("Done. The next step is ticked off.")
    )


# -- a customer's timeline ------------------------------------------------------------------------


@require_GET
def history(request, pk):
    """Everything that happened with a customer, older ones by a link.

    `?panel=1` is the panel of the customer's page, the latest few.
    """
    customer = get_visible_or_404(Customer, request, pk=pk)
    if request.GET.get("panel") == "1":
        page = timeline.page(customer, request.user, most=PANEL)
        context = {"customer": customer, "page": page}
        return show(request, "crm/activities/panel.html", context, customers=[customer.pk])
    form = TimelineFilter(request.GET, timeline.people_seen(customer, request.user))
    kind, who = form.chosen
    page = timeline.page(
        customer, request.user, kind=kind, who=who, before=request.GET.get("before", "")
    )
    more = request.htmx and request.GET.get("before")
    template = "crm/activities/_events.html" if more else "crm/activities/timeline.html"
    return show(request, template, {
        "customer": customer, "page": page, "form": form, "narrowed": bool(kind or who),
        "can_log_here": can(request.user, Action.ACTIVITY_LOG, customer),
        "clear": reverse("crm:customer-timeline", args=[customer.pk]),
    }, customers=[customer.pk])  # fmt: skip
