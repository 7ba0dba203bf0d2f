"""A sudden departure: one page that says what a freeze does, one that shows what it did."""

from allauth.account.decorators import reauthentication_required
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reach, can, reach
from accounts.models import Person
from handover.forms.emergency import FreezeForm, LiftForm
from handover.selectors import emergency as ask
from handover.selectors import emergency_result as result
from handover.services import emergency
from kit import names
from kit.errors import NotAllowed
from kit.web import (
    done,
    form_page,
    form_status,
    get_allowed_or_403,
    get_visible_or_404,
    sent,
    show,
    submitted,
)

both = require_http_methods(["GET", "HEAD", "POST"])
OFFERED = 8


@require_safe
def index(request):
    """Choose somebody to freeze; what was frozen so far. One who alone fits what was typed is chosen."""
    if reach(request.user, Action.FREEZE) == Reach.NONE:
        raise NotAllowed()
    context = choices(request)
    if len(context["people"]) == 1:
        return redirect("handover:person-freeze", context["people"][0].pk)
    return show(request, "handover/emergency/index.html", context)


@both
def of_person(request, person):
    """What a freeze of a person would do, in words and numbers, and the freeze."""
    person = get_allowed_or_403(Person, request, Action.FREEZE, pk=person)
    if person.pk == request.user.pk:
        raise NotAllowed(_("Nobody freezes themselves."))
    standing = ask.in_force().visible_to(request.user).filter(person=person).first()
    if standing is not None:
        return done(request, standing)
    form = FreezeForm(sent(request), person=person, user=request.user)
    if request.method == "POST" and form.is_valid():
        return frozen(request, person, form)
    return page_of(request, person, form)


def choices(request):
    """Whom one may freeze, and what was frozen."""
    q = request.GET.get("q", "")[:100]
    people = ask.freezable(request.user, names.fold(q))
    rows = ask.freezes().visible_to(request.user)
    return {
        "q": q, "people": list(people.order_by("sort_key")[:OFFERED]) if q else [],
        "freezes": [result.Line(row, request.user) for row in rows[:50]],
    }  # fmt: skip


def page_of(request, person, form):
    found = ask.consequences(person) if person.has_access else None
    context = {"person": person, "form": form, "found": found, "lonely": ask.lonely_hr(person)}
    return show(request, "handover/emergency/freeze.html", context, status=form_status(form))


def asked_again(request):
    """Whether the password has to be asked elsewhere, as this person has none here."""
    return request.method == "POST" and not request.user.has_usable_password()


@reauthentication_required(enabled=asked_again)
def frozen(request, person, form):
    """Freeze, or say at the field why not."""
    given = dict(form.cleaned_data)

    def act(_data):
        return emergency.freeze(
            actor=request.user, person=person, trigger=given["trigger"],
            reason=given["reason"], evidence=given["evidence"],
        )  # fmt: skip

    row = submitted(request, form, act)
    if row is None:
        return page_of(request, person, form)
    return done(request, row, _("The access has ended."))


@require_safe
def detail(request, pk):
    """What the freeze did, checked now; the second person; the way back; what comes next."""
    row = the_freeze(request, pk)
    context = result.page(request.user, row) | {"freeze": row, "case": departure(request, row)}
    return show(request, "handover/emergency/result.html", context)


def the_freeze(request, pk):
    return get_visible_or_404(ask.freezes(), request, pk=pk)


def departure(request, row):
    """The address of the case of the person: the open one, or a new one, filled in."""
    if not can(request.user, Action.DEPARTURE_RUN):
        return ""
    try:
        new = reverse("handover:departure-new")
    except NoReverseMatch:
        return ""
    return f"{new}?person={row.person_id}&kind={result.kind(row)}"


@require_POST
def confirm(request, pk):
    """The second person says that it is right."""
    row = emergency.confirm(actor=request.user, freeze=the_freeze(request, pk))
    return done(request, row, _("Confirmed."))


@both
@reauthentication_required(enabled=asked_again)
def lift(request, pk):
    """Give the access back."""
    row = the_freeze(request, pk)
    if not can(request.user, Action.FREEZE, row.person):
        raise NotAllowed()
    form = LiftForm(sent(request), user=request.user)

    def act(data):
        return emergency.lift(
            actor=request.user, person=row.person, freeze=row, reason=data["reason"]
        )

    if lifted := submitted(request, form, act):
        return done(request, lifted, _("The access is as it was before. Sessions begin anew."))
    note = _(
        "Rights, seats and tasks are as they were. No session and no token of before lives again;"
        " background work that was stopped is not begun again. Open calls are dropped."
    )
    return form_page(
        request, form, _("Restore access"), row.get_absolute_url(), submit=_("Restore access"),
        about=row.person, note=note,
    )  # fmt: skip
