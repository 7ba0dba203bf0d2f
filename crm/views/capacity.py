"""Who carries how much of what they can, and the rules that say what counts."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Action, Reach, can, reach
from accounts.selectors import people
from crm.forms.capacity import NEVER, TIERS, CapacityForm, RulesForm
from crm.models import OwnershipRules
from crm.selectors import capacity as ask
from crm.services import capacity
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, page_number, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])
ROWS = 50


@require_safe
def index(request):
    """Everybody whose load one may see, the fullest first."""
    if reach(request.user, Action.LOAD_VIEW) < Reach.TEAM:
        raise NotAllowed()
    rows = ask.team(request.user)
    number = page_number(request)
    shown = rows[number * ROWS : (number + 1) * ROWS]
    context = {
        "rows": [drawn(row, ask.scale(rows)) for row in shown], "total": len(rows), "says": says(rows),
        "over": sum(row.is_over for row in rows), "rules": ask.rules(), "weights": ask.shown_weights(),
        "previous": number - 1 if number else None,
        "next": number + 1 if rows[(number + 1) * ROWS :] else None,
        "may_rule": can(request.user, Action.RULES_EDIT),
        "may_move": reach(request.user, Action.SEAT_ASSIGN) >= Reach.TEAM,
    }  # fmt: skip
    return show(request, "crm/capacity/index.html", context)


def drawn(load, right):
    """A Load with the places of its bar and of its limit, in percent. right: points at the edge."""
    load.bar = round(float(load.points / right * 100), 2)
    load.mark = round(float(load.limit / right * 100), 2)
    return load


def says(rows):
    """The page in one sentence."""
    over = sum(row.is_over for row in rows)
    if not over:
        return _("Load is within limits.")
    text = ngettext(
        "%(over)s person carries more than the limit.",
        "%(over)s people carry more than their limit.",
        over,
    )
    return text % {"over": over}


@require_safe
def of_person(request, pk):
    """What one person carries: a page, or with `?panel=1` the panel of the person's page."""
    person = someone(request, pk, Action.LOAD_VIEW)
    load, worth = ask.load_of(request.user, person), ask.shown_weights()
    context = {
        "person": person, "load": drawn(load, ask.scale([load])),
        "tiers": [(tier, count, worth[tier]) for tier, count in load.counts.items()],
        "may_set": request.user.pk != person.pk and can(request.user, Action.SEAT_ASSIGN, person),
    }  # fmt: skip
    panel = request.GET.get("panel") == "1"
    return show(request, f"crm/capacity/{'panel' if panel else 'person'}.html", context)


def someone(request, pk, action):
    """The person of the page, for somebody whose reach for the action covers them."""
    person = get_visible_or_404(people.directory(), request, pk=pk)
    if not can(request.user, action, person):
        raise NotAllowed()
    return person


@both
def edit(request, pk):
    """Set what one person can carry."""
    person = someone(request, pk, Action.SEAT_ASSIGN)
    if request.user.pk == person.pk:
        raise NotAllowed(_("Nobody sets their own limit."))
    load = ask.load_of(request.user, person)
    form = CapacityForm(
        sent(request), usual=ask.rules().default_capacity,
        initial={"limit": load.limit if load.is_own else None},
    )  # fmt: skip

    def act(given):
        return capacity.set_capacity(actor=request.user, person=person, limit=given["limit"])

    home = reverse("crm:person-load", args=[pk])
    if submitted(request, form, act):
        return done(request, home, _("Saved."))
    return form_page(request, form, _("Limit of load"), home, about=person)


@both
def rules(request):
    """The rules of ownership; to be read by all, changed by some."""
    row = get_visible_or_404(OwnershipRules, request, pk=1)
    if not can(request.user, Action.RULES_EDIT):
        if request.method == "POST":
            raise NotAllowed()
        context = {"rules": row, "weights": ask.shown_weights(row),
                   "approval": dict(TIERS)[row.approval_tier or NEVER]}  # fmt: skip
        return show(request, "crm/capacity/rules.html", context)
    form = RulesForm(sent(request), instance=row)

    def act(given):
        return capacity.change_rules(
            actor=request.user, values=form.values(), version=given["version"] or None
        )

    here = reverse("crm:ownership-rules")
    if submitted(request, form, act):
        return done(request, here, _("Saved. It counts from now on."))
    return form_page(request, form, _("Rules of ownership"), reverse("crm:load"))
