"""Seats of a customer: their history, who takes one, who leaves one."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import Action, can
from crm.forms.ownership import AssignForm, DayForm, EndForm
from crm.models import Assignment, Customer
from crm.seats import SINGLE_SEATS, Seat
from crm.selectors import capacity, changeset_list, changesets, customer_page, key_accounts
from crm.selectors import ownership as ask
from crm.services import ownership
from crm.views.customers import sections
from kit.dates import company_zone, end_of_day, today
from kit.errors import Refused
from kit.templatetags.words import grouped, shown_name
from kit.web import (
    done,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    sent,
    show,
    submitted,
)

SHOWN = 30  # people offered at once
MOST_STEPS = 300


def history(request, pk):
    """Who held which seat when, who answered on a day, and what is planned.

    `?panel=1` is the panel of the customer's page.
    """
    customer = customer_for(request, pk, Action.SEAT_HISTORY)
    if request.GET.get("panel") == "1":
        return panel(request, customer)
    form = DayForm(request.GET if "on" in request.GET else None)
    stretches = ask.stretches(customer)
    context = {
        "customer": customer, "form": form, "lanes": ask.lanes(stretches),
        "steps": with_change_sets(request.user, ask.tell_gaps(steps(stretches))),
        "seats": current_seats(stretches), "plans": ask.planned(customer),
        "acting": ask.acting_for(customer), "known": key_accounts.warning(customer),
        "pending": changesets.pending_seen(request.user, customer),
        **head(request.user, customer, "crm:customer-ownership"),
    }  # fmt: skip
    if form.is_bound and form.is_valid() and form.cleaned_data["on"]:
        context |= answered(customer, form.cleaned_data["on"])
    status = form_status(form) if form.is_bound else 200
    return show(request, "crm/ownership/history.html", context, customers=[pk], status=status)


def panel(request, customer):
    """The lanes alone, and who of ours knows a customer of tier A where they are few."""
    context = {
        "customer": customer, "lanes": ask.lanes(ask.stretches(customer)),
        "known": key_accounts.warning(customer),
    }  # fmt: skip
    return show(request, "crm/ownership/panel.html", context, customers=[customer.pk])


def answered(customer, day):
    """Holders at the end of a day, and everybody of that day."""
    zone = company_zone()
    rows = Assignment.objects.filter(customer=customer).select_related("person").order_by("period")
    at_end = {row.seat: row for row in rows.on(day, zone)}
    return {
        "day": day,
        "before_records": end_of_day(day, zone) < ask.known_since(customer),
        "at_end": [(seat.label, at_end.get(seat)) for seat in SINGLE_SEATS],
        "of_day": list(rows.during(day, zone)),
        "answers": ask.answers_for(customer, end_of_day(day, zone)) if day <= today(zone) else None,
    }


def steps(stretches):
    """All stretches, the latest first, gaps that have begun among them."""
    rows = [
        one
        for parts in stretches.values()
        for one in parts
        if one.person or not ask.ahead(one.start)
    ]
    return sorted(rows, key=lambda one: one.start, reverse=True)[:MOST_STEPS]


def with_change_sets(viewer, rows):
    """Each stretch with the transfer that brought it, where the viewer may see that one."""
    made = changeset_list.of_assignments(
        viewer, [one.assignment.pk for one in rows if one.assignment]
    )
    for one in rows:
        one.change_set = one.assignment and made.get(one.assignment.pk)
    return rows


def current_seats(stretches):
    """(seat, label, holders now, is it single) for the page's head."""
    rows = []
    for seat, parts in stretches.items():
        now = [one for one in parts if one.person and not ask.ahead(one.start)
               and (one.end is None or ask.ahead(one.end))]  # fmt: skip
        rows.append((seat, seat.label, now, seat in SINGLE_SEATS))
    return rows


def assign(request, pk, seat):
    """Put somebody into a seat: people within one's reach, with what they hold already."""
    customer, seat = customer_for(request, pk, Action.SEAT_ASSIGN), seat_or_404(seat)
    q = request.GET.get("q", "")[:80]
    form = AssignForm(
        sent(request), people=ask.fitting(request.user, seat), initial={"seen": ask.latest(customer)},
        seat=seat, options=options(request.user, ask.receivers(request.user, customer, seat, q)),
    )  # fmt: skip

    def act(data):
        try:
            return ownership.assign(
                actor=request.user, customer=customer, seat=seat, person=data["person"],
                why=data["why"], note=data["note"], starts_at=data["at"],
                duty=data.get("duty", ""), reason=data["because"],
            )  # fmt: skip
        except Refused:  # the same form sent twice: the first one did it
            first = ask.made_by_form(request.user, customer, seat, data)
            if first is None:
                raise
            return first

    if submitted(request, form, act):
        who = shown_name(form.cleaned_data["person"])
        text = _("%(who)s: %(seat)s") % {"who": who, "seat": seat.label}
        return done(request, after(request.user, customer), text)
    context = {"customer": customer, "seat": seat, "form": form, "q": q, "shown": SHOWN,
               "holders": [row for row in ask.seats(customer) if row.seat == seat]}  # fmt: skip
    return show(
        request, "crm/ownership/assign.html", context, customers=[pk], status=form_status(form)
    )


def options(viewer, people):
    """(id, words) of the first people: name, what they hold, whether they are away."""
    people = list(people.select_related("capacity")[:SHOWN])
    loads, away, rows = capacity.loads_of(viewer, people), ask.away(people), []
    for load in loads:
        words = [shown_name(load.person), load.person.title]
        held = ngettext("%(count)s customer", "%(count)s customers", load.customers)
        words.append(held % {"count": grouped(load.customers)})
        full = _("%(points)s of %(limit)s points")
        words.append(full % {"points": load.shown, "limit": grouped(load.limit)})
        words.append(_("away now") if load.person.pk in away else "")
        rows.append((load.person.pk, " · ".join(filter(None, words))))
    return rows


def end(request, pk, seat):
    """Leave a seat empty, now or from a day on."""
    customer, seat = customer_for(request, pk, Action.SEAT_ASSIGN), seat_or_404(seat)
    rows = [row for row in ask.seats(customer) if row.seat == seat]
    if seat not in SINGLE_SEATS:
        wanted = request.GET.get("person", "")
        rows = [row for row in rows if str(row.person_id) == wanted]
        if not rows:
            raise Http404
    form = EndForm(sent(request))
    person = rows[0].person if rows else None
    act = lambda data: ownership.end(  # noqa: E731
        actor=request.user, customer=customer, seat=seat, person=person,
        why=data["why"], note=data["note"], ends_at=data["at"],
    )  # fmt: skip
    if submitted(request, form, act):
        return done(request, after(request.user, customer), _("The seat ends."))
    context = {"customer": customer, "seat": seat, "form": form, "holder": person}
    return show(
        request, "crm/ownership/end.html", context, customers=[pk], status=form_status(form)
    )


@require_POST
def cancel(request, pk, assignment):
    """Take back a planned change."""
    customer = customer_for(request, pk, Action.SEAT_ASSIGN)
    row = get_visible_or_404(Assignment.objects.filter(customer=customer), request, pk=assignment)
    ownership.cancel_planned(actor=request.user, customer=customer, assignment=row)
    return done(request, after(request.user, customer), _("The planned change is cancelled."))


# -- what these pages share ----------------------------------------------------------------------
def customer_for(request, pk, action):
    """The customer, for an act that must be this person's own."""
    return get_allowed_or_403(Customer, request, action, pk=pk)


def seat_or_404(name):
    if name not in Seat.values:
        raise Http404
    return Seat(name)


def after(person, customer):
    """Where to go after a change: the history, or the list when the customer is out of sight now."""
    if can(person, Action.SEAT_HISTORY, customer):
        return reverse("crm:customer-ownership", args=[customer.pk])
    return reverse("crm:customers")


def head(person, customer, current):
    """The tabs of the customer's pages, and which acts this person has here."""
    powers = customer_page.powers(person, customer)
    return {
        "sections": sections(customer, powers, current),
        "may_assign": Action.SEAT_ASSIGN in powers,
        "may_grant": Action.SHARE_GRANT in powers,
        "may_explain": Action.ACCESS_EXPLAIN in powers,
    }
