"""The board of rotation: whose tenure ends when, who could be next, and the plan made from it."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from crm.filters.typed import keys
from crm.models import Customer
from handover.filters import rotation as filters
from handover.forms.rotation import SwapForm
from handover.selectors import rotation_board as board
from handover.services import rotation
from kit.errors import NotAllowed, Refused
from kit.templatetags.words import grouped
from kit.web import done, form_status, page_number, paged, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
HOME = "handover:rotation"


def may_plan(person):
    """Rotations are planned by who leads people, or everybody."""
    return reach(person, Action.SEAT_ASSIGN) >= Reach.TEAM


def looking(request):
    """The board is for who leads people or looks after customers."""
    leads = reach(request.user, Action.SEAT_HISTORY) >= Reach.TEAM
    if not (leads or can(request.user, Action.ACTIVITY_LOG)):
        raise NotAllowed()
    return leads


@require_safe
def index(request):
    """The clocks one may see: as a list or as a timeline, the overdue ones first."""
    leads = looking(request)
    asked = filters.read(request.GET, request.user)
    number, plans = page_number(request), may_plan(request.user)
    page = board.page(request.user, asked, number, proposing=plans)
    paged(request, page.rows, [row.clock.customer_id for row in page.rows])
    return show(request, "handover/rotation/index.html", {
        "asked": asked, "page": page, "leads": leads, "may_plan": plans, "tabs": tabs(asked, page.counts),
        "says": says(page.counts), "number": uuid4(), "tiers": Customer.Tier.values,
        "plannable": page.counts[asked.show] if asked.show in board.PLANNABLE else 0,
        "may_rule": can(request.user, Action.RULES_EDIT),
        "previous": number - 1 if number else None, "next": number + 1 if page.more else None,
    })  # fmt: skip


def says(counts):
    """The page in one sentence."""
    if not counts["overdue"]:
        soon = counts["30"]
        text = ngettext("%(n)s rotation is due within 30 days.",
                        "%(n)s rotations are due within 30 days.", soon)  # fmt: skip
        return text % {"n": grouped(soon)} if soon else _("No rotation is overdue.")
    text = ngettext("%(n)s rotation is overdue.", "%(n)s rotations are overdue.", counts["overdue"])
    return text % {"n": grouped(counts["overdue"])}


def tabs(asked, counts):
    """What can be looked at, with figures; the other filters stay."""
    labels = {
        "overdue": _("Overdue"), "30": _("Within 30 days"), "90": _("Within 90 days"),
        "planned": _("Change on its way"), "exempt": _("Exempt"), "all": _("All"),
    }  # fmt: skip
    found = []
    for name, label in labels.items():
        query = QueryDict(asked.query, mutable=True)
        query["show"] = name
        found.append({"url": f"{reverse(HOME)}?{query.urlencode()}", "label": label,
                      "count": grouped(counts[name]), "current": name == asked.show})  # fmt: skip
    return found


@require_POST
def plan(request):
    """Make a draft of what is ticked, or of all that match, and go on to its preview."""
    if not may_plan(request.user):
        raise NotAllowed()
    asked = filters.read(QueryDict(request.POST.get("query", "")[:4_000]), request.user)
    back = f"{reverse(HOME)}?{asked.query}"
    ids = board.plannable(request.user, asked)
    if request.POST.get("act") == "ticked":
        ids = [pk for pk in keys(request.POST.getlist("pick"), most=board.MOST) if pk in set(ids)]
    if not ids:
        messages.warning(request, _("Select a customer first."))
        return done(request, back)
    try:
        draft = rotation.plan(
            actor=request.user, customers=ids, client_uuid=numbered(request.POST.get("number", ""))
        )
    except NotAllowed:
        raise
    except Refused as refused:
        messages.error(request, str(refused.message))
        return done(request, back)
    return done(request, reverse("crm:transfer-preview", args=[draft.pk]))


def numbered(text):
    """The number of a form, or None where it has none."""
    try:
        return UUID(text)
    except ValueError:
        return None


@both
def swap(request):
    """Two people take over each other's customers: from whom to whom, before anything is drafted."""
    if not may_plan(request.user):
        raise NotAllowed()
    asked = request.POST if request.method == "POST" else request.GET
    people = board.swappable(request.user)
    form = SwapForm(sent(request), people=people,
                    initial={"client_uuid": uuid4()} | picked(people, asked))  # fmt: skip
    if request.method == "POST" and "look" in request.POST and form.is_valid():
        data = form.cleaned_data
        return done(request, f"{reverse('handover:rotation-swap')}?one={data['one'].pk}&other={data['other'].pk}")  # fmt: skip

    def act(data):
        return rotation.swap(
            actor=request.user,
            one=data["one"],
            other=data["other"],
            client_uuid=data["client_uuid"],
        )

    draft = submitted(request, form, act)
    if draft:
        return done(request, reverse("crm:transfer-preview", args=[draft.pk]))
    chosen = picked(people, asked)
    context = {"form": form, "books": board.swapped(request.user, *chosen.values()) if len(chosen) == 2 else None}  # fmt: skip
    return show(request, "handover/rotation/swap.html", context, status=form_status(form))


def picked(people, given):
    """The two people that an address or a form names, by field; fewer where they are not to be found."""
    found = {}
    for name in ("one", "other"):
        person = people.filter(pk__in=keys([given.get(name, "")])).first()
        if person is not None and person not in found.values():
            found[name] = person
    return found
