"""If somebody left tomorrow: what depends on them, and the way to make it less."""

from uuid import uuid4

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from accounts.selectors import holdings
from accounts.selectors.people import directory
from crm.seats import Seat
from crm.selectors import transfers as found
from crm.services import transfers
from handover.models import Departure
from handover.selectors import exposure as ask
from handover.selectors import exposure_absorb, exposure_map, exposure_page
from kit.errors import NotAllowed
from kit.registry import Held
from kit.web import done, get_visible_or_404, page_number, show

ROWS = 20  # customers of one page
SEATS = "crm.Assignment.person"  # the page gives these by seat
OFFERED = 200  # people to choose from


@require_safe
def index(request, pk):
    """What would be lost with one person. About oneself it is called readiness."""
    person = someone(request, pk)
    if person.pk == request.user.pk:
        return redirect("handover:readiness")
    if request.GET.get("panel") == "holds":
        lines = {"person": person, "holds": held(person, request.user)}
        return show(request, "handover/exposure/_registry.html", lines)
    context = {
        "person": person,
        "case": case_of(person, request.user),
        "may_open_case": can(request.user, Action.DEPARTURE_RUN),
    }
    return page(request, [person], context)


@require_safe
def together(request):
    """What would be lost with several at once; without any of them, who there is to choose."""
    people = chosen(request, request.GET)
    if "choose" in request.GET or not people:
        return picker(request, people)
    return page(request, people, {"person": None})


def someone(request, pk):
    """The person of the page, or the fixed 404 for who may not see what depends on them."""
    return get_visible_or_404(directory(), request, Action.EXPOSURE_VIEW, pk=pk)


def chosen(request, given):
    """The people that `given` names by ?person=…, each once and in the order of names."""
    keys = list(dict.fromkeys(given.getlist("person")))
    if len(keys) > ask.MOST_PEOPLE:
        raise Http404
    people = {person.pk: person for person in (someone(request, key) for key in keys)}
    return sorted(people.values(), key=lambda person: (person.sort_key, person.pk))


def picker(request, people):
    """Tick who would leave: those whose exposure one may see and who look after customers."""
    if reach(request.user, Action.EXPOSURE_VIEW) < Reach.TEAM:
        raise NotAllowed()
    q = request.GET.get("q", "")[:80]
    context = {
        "q": q, "offered": exposure_page.holders(request.user, q)[:OFFERED], "most": ask.MOST_PEOPLE,
        "ticked": {person.pk for person in people},
    }  # fmt: skip
    return show(request, "handover/exposure/choose.html", context)


def page(request, people, context):
    """The page of an Exposure: headline, figures, customers by danger, picture, who could absorb."""
    viewer, known = request.user, ask.of(request.user, people)
    view = request.GET.get("view", "")
    view = view if view in ask.VIEWS else ""
    rows, number = known.having(view), page_number(request)
    shown = exposure_page.shown(known, rows[number * ROWS : (number + 1) * ROWS])
    picture = exposure_map.of(viewer, known)
    context |= {
        "people": people, "exposure": known, "view": view, "rows": shown, "total": len(rows),
        "tiles": exposure_page.tiles(known, view), "steps": exposure_page.next_steps(known),
        "sold": exposure_page.sold(known),
        "named": any(row.is_named for row in known.rows), "picture": picture,
        "owing": exposure_page.owing(known), "tiers": exposure_page.by_tier(known),
        "absorbing": exposure_absorb.of(viewer, known),
        "previous": number - 1 if number else None,
        "next": number + 1 if rows[(number + 1) * ROWS :] else None,
        "may_reduce": reach(viewer, Action.SEAT_ASSIGN) >= Reach.TEAM and known.count("backup"),
        "client_uuid": uuid4(),
    }  # fmt: skip
    customers = exposure_page.disclosed(context)
    return show(request, "handover/exposure/index.html", context, customers=customers)


def held(person, viewer):
    """What the registry says would have to pass on, end or be taken away, besides the seats."""
    lines = [line for line in holdings.held_by(person, viewer) if line.open]
    return [line for line in lines if line.becomes != Held.HISTORY and line.relation != SEATS]


def case_of(person, viewer):
    """The departure case of a person that the viewer may see and that is not over, or None."""
    cases = Departure.objects.visible_to(viewer).filter(person=person)
    return cases.filter(state__in=[Departure.State.DRAFT, Departure.State.OPEN]).first()


@require_POST
def reduce(request):
    """Begin a transfer that gives backups to those customers that have none, or to the ticked ones."""
    if reach(request.user, Action.SEAT_ASSIGN) < Reach.TEAM:
        raise NotAllowed()
    number = request.POST.get("client_uuid", "")
    if first := found.made_by_form(request.user, number):
        return done(request, reverse("crm:transfer-people", args=[first.pk]))
    people = chosen(request, request.POST)
    if not people:
        raise Http404
    ids = [row.customer.pk for row in ask.of(request.user, people).having("backup")]
    ticked = {pk for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdigit()}
    ids = [pk for pk in ids if str(pk) in ticked] if ticked else ids
    giving = found.within(request.user, ids)
    if not giving.ids:
        messages.warning(
            request, _("None of these customers lacks a backup that you could assign.")
        )
        return done(request, address(people))
    draft = transfers.begin(
        actor=request.user, customers=giving.ids, seat=Seat.BACKUP,
        client_uuid=number if found.is_uuid(number) else None,
    )  # fmt: skip
    return done(request, reverse("crm:transfer-people", args=[draft.pk]))


def address(people):
    """The page of one person or of several."""
    if len(people) == 1:
        return reverse("handover:exposure", args=[people[0].pk])
    query = "&".join(f"person={person.pk}" for person in people)
    return f"{reverse('handover:exposure-together')}?{query}"
