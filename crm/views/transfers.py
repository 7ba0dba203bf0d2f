"""The transfer wizard: who, to whom, how. Each step is a plain page of a draft that can be left."""

from functools import wraps
from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, reach
from accounts.selectors.people import directory
from crm.forms.changesets import HowForm, OneForm, PeopleForm, WhoForm, keys
from crm.models import Change, ChangeSet, Customer
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import changeset_preview as preview
from crm.selectors import changesets as ask
from crm.selectors import ownership
from crm.selectors import transfers as found
from crm.services import changesets, transfers
from kit.errors import NotAllowed
from kit.templatetags.words import grouped
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    page_number,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
ROWS = 50  # of one page
State, RowState = ChangeSet.State, Change.State


def leading(request):
    """Transfers are proposed by who leads people, or everybody."""
    if reach(request.user, Action.SEAT_ASSIGN) < Reach.TEAM:
        raise NotAllowed()


def of_draft(view):
    """A page of one's own draft; what is no draft any more is shown as it stands."""

    @wraps(view)
    def run(request, pk):
        leading(request)
        mine = ChangeSet.objects.filter(made_by=request.user).exclude(origin=ChangeSet.Origin.UNDO)
        change_set = get_visible_or_404(mine, request, pk=pk)
        change_set.seat = change_set.changes.values_list("seat", flat=True).first()
        if change_set.state != State.DRAFT:
            return done(request, change_set)
        return view(request, change_set)

    return run


def step(change_set, name):
    return reverse(f"crm:transfer-{name}", args=[change_set.pk])


# -- 1 who: a new draft ----------------------------------------------------------------------------
@both
def new(request):
    """A new transfer: of a selection, of one customer, or of everything that a person looks after."""
    leading(request)
    if first := sent_before(request):
        return done(request, step(first, "people" if first.state == State.DRAFT else "preview"))
    if "customer" in request.GET:
        return single(request)
    chosen = found.chosen(request.user, source(request))
    if chosen is None or not chosen.ids:
        context = {"chosen": chosen, "drafts": found.drafts(request.user)[:ROWS]}
        return show(request, "crm/transfers/start.html", context)
    form = WhoForm(sent(request), initial={"client_uuid": uuid4(), "seat": asked_seat(request)})
    if draft := submitted(request, form, lambda data: begin(request, chosen, data)):
        return done(request, step(draft, "people"))
    rows = found.with_holders(chosen.ids[:ROWS])
    context = {"form": form, "chosen": chosen, "rows": rows, "more": len(chosen.ids) - len(rows)}
    ids = [row.pk for row in rows]
    return show(request, "crm/transfers/new.html", context, customers=ids, status=form_status(form))


def sent_before(request):
    """The change set that this very form has made already."""
    number = request.POST.get("client_uuid", "")
    return found.made_by_form(request.user, number) if request.method == "POST" else None


def source(request):
    """What the list of customers comes from: {selection}, {person} or nothing."""
    if "selection" in request.GET:
        return {"selection": request.GET["selection"]}
    if "person" in request.GET:
        return {"person": get_visible_or_404(directory(), request, pk=request.GET["person"])}
    return {}


def asked_seat(request):
    seat = request.GET.get("seat", "")
    return seat if seat in Seat.values else Seat.ACCOUNT_MANAGER


def begin(request, chosen, data):
    out = set(keys(request.POST.getlist("out")))
    return transfers.begin(
        actor=request.user, customers=[pk for pk in chosen.ids if pk not in out],
        seat=data["seat"], selection=chosen.selection, client_uuid=data["client_uuid"],
    )  # fmt: skip


def single(request):
    """One customer on one page: receiver, reason, instant, former holder; then the preview."""
    customer = get_allowed_or_403(Customer, request, Action.SEAT_ASSIGN, pk=request.GET["customer"])
    seat, q = asked_seat(request), request.GET.get("q", "")[:80]
    form = OneForm(sent(request), people=ask.takers(seat),
                   initial={"client_uuid": uuid4(), "when": "morning"})  # fmt: skip

    def act(data):
        return changesets.draft(
            actor=request.user, customers=[customer.pk], seat=seat, taker=data["taker"],
            why=data["why"], note=data["note"], former=data["former"], former_until=data["until"],
            effective_at=data["at"], client_uuid=data["client_uuid"],
        )  # fmt: skip

    if draft := submitted(request, form, act):
        return done(request, step(draft, "preview"))
    holder = ownership.holder(customer, seat)
    facts = [(customer.pk, customer.tier, customer.region_id, holder and holder.pk)]
    people = found.suggestions(request.user, facts, seat, form.morning, q)
    context = {
        "form": form, "customer": customer, "seat": Seat(seat), "seats": SINGLE_SEATS, "q": q,
        "people": people, "holder": holder, "chosen": str(form["taker"].value() or ""),
    }  # fmt: skip
    return show(request, "crm/transfers/single.html", context, customers=[customer.pk],
                status=form_status(form))  # fmt: skip


# -- 1 who: the list of a draft --------------------------------------------------------------------
@require_safe
@of_draft
def who(request, change_set):
    """The frozen list: what goes, what was left out."""
    out = request.GET.get("view") == "out"
    rows = change_set.changes.visible_to(request.user, Action.SEAT_ASSIGN)
    counts = ask.counts(change_set, rows)
    rows = rows.filter(state=RowState.LEFT_OUT if out else RowState.WAITING)
    rows = rows.select_related("customer", "giver", "taker").order_by("customer__sort_key", "pk")
    number = page_number(request)
    shown = list(rows[number * ROWS : (number + 1) * ROWS])
    total = counts.get(RowState.LEFT_OUT if out else RowState.WAITING, 0)
    context = {
        "change_set": change_set, "rows": shown, "out": out, "total": total,
        "tabs": tabs(change_set, counts, out), "seat": Seat(change_set.seat),
        "previous": number - 1 if number else None,
        "next": number + 1 if total > (number + 1) * ROWS else None,
    }  # fmt: skip
    customers = [row.customer_id for row in shown]
    return show(request, "crm/transfers/who.html", context, customers=customers)


def tabs(change_set, counts, out):
    here = step(change_set, "who")
    return [
        {"url": here, "label": _("Go"), "current": not out, "count": counts.get(RowState.WAITING, 0)},
        {"url": f"{here}?view=out", "label": _("Left out"), "current": out,
         "count": counts.get(RowState.LEFT_OUT, 0)},
    ]  # fmt: skip


@require_POST
@of_draft
def leave_out(request, change_set):
    """Take the named customers out of a draft, and go back to where one was."""
    customers = named(request, change_set)
    if not customers:
        messages.warning(request, _("Select a customer first."))
        return done(request, after(request, change_set))
    count = changesets.leave_out(actor=request.user, change_set=change_set, customers=customers)
    text = ngettext("%(count)s customer is left out.", "%(count)s customers are left out.", count)
    return done(request, after(request, change_set), text % {"count": grouped(count)})


def named(request, change_set):
    """The customers that a form names: one by one, or all that have a warning of one kind."""
    group = request.POST.get("group", "")
    if group == "foreign":
        return list(ask.beyond_giving(request.user, change_set).values_list("customer", flat=True))
    if group in (preview.STOP, preview.CHECK):
        warnings = preview.plan(request.user, change_set).of(group)
        return sorted({one.change.customer_id for one in warnings if one.change})
    return keys(request.POST.getlist("customer"))


@require_POST
@of_draft
def bring_back(request, change_set):
    """Take customers into a draft again."""
    customers = keys(request.POST.getlist("customer"))
    if not customers:
        messages.warning(request, _("Select a customer first."))
        return done(request, f"{step(change_set, 'who')}?view=out")
    transfers.bring_back(actor=request.user, change_set=change_set, customers=customers)
    return done(request, step(change_set, "who"), _("They go again."))


def after(request, change_set):
    """The page of the draft that a small form stood on."""
    return step(change_set, "preview" if request.POST.get("from") == "preview" else "who")


@require_POST
@of_draft
def discard(request, change_set):
    """Give a draft up."""
    changesets.cancel(actor=request.user, change_set=change_set)
    return done(request, reverse("crm:changesets"), _("The draft is gone. Nothing was changed."))


# -- 2 to whom -------------------------------------------------------------------------------------
@both
@of_draft
def people(request, change_set):
    """Who receives all customers of the draft, or the one that the address names."""
    rows = ask.rows_of(change_set).select_related("customer")
    one = row_of(request, rows)
    form = PeopleForm(sent(request), people=ask.takers(change_set.seat), single=one is not None)

    def act(data):
        takers = list(data["people"])
        if one is not None:
            return changesets.give_to(
                actor=request.user, change_set=change_set, customers=[one.customer_id],
                taker=takers[0] if takers else None,
            )  # fmt: skip
        return transfers.spread(actor=request.user, change_set=change_set, takers=takers)

    if submitted(request, form, act):
        return done(request, step(change_set, "preview" if ready(change_set) else "how"))
    q = request.GET.get("q", "")[:80]
    asked = rows if one is None else rows.filter(pk=one.pk)
    offers = found.suggestions(
        request.user, found.facts_of(asked), change_set.seat, change_set.effective_at, q
    )
    ticked = set(request.POST.getlist("people")) or {
        str(pk) for pk in asked.values_list("taker", flat=True).distinct() if pk
    }
    context = {
        "change_set": change_set, "form": form, "people": offers, "q": q, "one": one,
        "ticked": ticked, "total": asked.count(), "seat": Seat(change_set.seat),
        "may_be_nobody": change_set.seat in SINGLE_SEATS,
    }  # fmt: skip
    customers = [one.customer_id] if one else []
    return show(request, "crm/transfers/people.html", context, customers=customers,
                status=form_status(form))  # fmt: skip


def row_of(request, rows):
    """The row of the customer that the address names; None where it names none."""
    if "customer" not in request.GET:
        return None
    asked = keys([request.GET["customer"]])
    row = rows.visible_to(request.user, Action.SEAT_ASSIGN).filter(customer__in=asked).first()
    if row is None:
        raise Http404
    return row


def ready(change_set):
    """Whether reason and former holder have been chosen."""
    return bool(change_set.reason and change_set.former)


# -- 3 how -----------------------------------------------------------------------------------------
@both
@of_draft
def how(request, change_set):
    """Why, from when, and what the former holder may see."""
    form = HowForm(sent(request), initial=HowForm.known(change_set))

    def act(data):
        return transfers.change_terms(
            actor=request.user, change_set=change_set, why=data["why"], note=data["note"],
            former=data["former"], former_until=data["until"], effective_at=data["at"],
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, step(change_set, "preview"))
    context = {"change_set": change_set, "form": form}
    return show(request, "crm/transfers/how.html", context, status=form_status(form))
