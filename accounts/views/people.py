"""Pages of our people: the directory, a person, and what may be changed about them."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from accounts.forms.people import (
    AbsenceForm,
    Filters,
    NewPersonForm,
    PersonForm,
    RolesForm,
    StateForm,
)
from accounts.models import Absence, Person
from accounts.selectors import org, people
from accounts.services import people as service
from kit.dates import company_zone, next_day, start_of_day, today
from kit.errors import NotAllowed
from kit.web import done, form_page, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """The directory: search by name, unit, role; by state for those who may see it."""
    form = Filters(request.GET)
    chosen = form.chosen()
    may_see_state = can(request.user, Action.EMPLOYMENT_VIEW)
    if not may_see_state:
        chosen["state"] = ""
    found = people.listed(request.user, **chosen)
    rows, more = people.page(found, after_person(request))
    states = people.known_states(request.user, rows) if may_see_state else {}
    for person in rows:
        person.known_state = states.get(person.pk)
    context = {
        "form": form, "chosen": chosen, "people": rows, "total": found.count(),
        "next_page": following(request, rows[-1]) if more else "", "may_see_state": may_see_state,
        "filters": chips(chosen), "can_add": can(request.user, Action.PERSON_EDIT),
    }  # fmt: skip
    return show(request, "accounts/people/index.html", context)


def after_person(request):
    """The person after whom the page begins, if there is such a one."""
    key = request.GET.get("after", "")
    return people.directory().filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None


def following(request, last):
    """The address of the page after the one that ends with `last`, filters kept."""
    params = request.GET.copy()
    params["after"] = last.pk
    return f"?{params.urlencode()}"


def chips(chosen):
    """The active filters as (label, value, parameter)."""
    words = {"unit": _("Unit"), "role": _("Role"), "state": _("State")}
    labels = dict(Filters.base_fields["role"].choices) | dict(Person.State.choices)
    return [
        (words[name], labels.get(chosen[name], chosen[name]), name)
        for name in words
        if chosen[name]
    ]


@require_safe
def detail(request, pk):
    """Who somebody is, to whom they belong, when they are away, what of theirs one may open."""
    person = someone(request, pk)
    viewer = request.user
    edits = can(viewer, Action.PERSON_EDIT, person)
    context = {
        "person": person,
        "memberships": person.memberships.at().select_related("unit").order_by("-post"),
        "supervisor": org.supervisor_of(person),
        "state": people.known_states(viewer, [person]).get(person.pk),
        "absences": people.absences(viewer, person),
        "can_edit": edits,
        "can_appoint": viewer.pk != person.pk and can(viewer, Action.ROLES_EDIT, person),
        "can_set_state": viewer.pk != person.pk and edits,
        "can_set_absence": can(viewer, Action.ABSENCE_SET, person),
        "can_see_held": can(viewer, Action.SEAT_HISTORY),
        "can_see_holdings": can(viewer, Action.EXPOSURE_VIEW, person),
        "can_see_load": can(viewer, Action.LOAD_VIEW, person),
        "can_see_agreements": can(viewer, Action.AGREEMENT_VIEW, person),
        "can_see_trail": can(viewer, Action.TRAIL_VIEW),
        "can_freeze": viewer.pk != person.pk and can(viewer, Action.FREEZE, person),
    }
    return show(request, "accounts/people/detail.html", context)


def someone(request, pk):
    """The person of the page, or the fixed 404."""
    return get_visible_or_404(people.directory(), request, pk=pk)


def editable(request, pk, action=Action.PERSON_EDIT, appoints=False):
    """The person of the page for somebody who may change them, else 403."""
    person = someone(request, pk)
    if not can(request.user, action, person):
        raise NotAllowed()
    if appoints and request.user.pk == person.pk:
        raise NotAllowed(_("Nobody changes their own roles or state."))
    return person


@both
def new(request):
    """Take somebody on."""
    if not can(request.user, Action.PERSON_EDIT):
        raise NotAllowed()
    form = NewPersonForm(sent(request))
    person = submitted(request, form, lambda given: take_on(request.user, given))
    if person:
        return done(request, person, _("%(name)s is in the directory.") % {"name": person.name})
    return form_page(request, form, _("New person"), reverse("accounts:people"), submit=_("Create"))


def take_on(actor, given):
    return service.create(actor=actor, unit=given.pop("unit"), values=given)


@both
def edit(request, pk):
    """Change names, mail, post."""
    person = editable(request, pk)
    form = PersonForm(sent(request), instance=person)
    saved = submitted(
        request, form, lambda given: service.edit(actor=request.user, person=person, values=given)
    )
    if saved:
        return done(request, saved, _("Saved."))
    return form_page(request, form, _("Edit person"), person.get_absolute_url(), about=person)


@both
def roles(request, pk):
    """Change the roles of somebody else."""
    person = editable(request, pk, Action.ROLES_EDIT, appoints=True)
    form = RolesForm(sent(request), initial={"roles": person.roles})
    saved = submitted(
        request,
        form,
        lambda given: service.set_roles(
            actor=request.user, person=person, roles=given["roles"], reason=given["reason"]
        ),
    )
    if saved:
        return done(request, saved, _("Saved."))
    return form_page(request, form, _("Roles"), person.get_absolute_url(), about=person)


@both
def state(request, pk):
    """Change the state of employment of somebody else."""
    person = editable(request, pk, appoints=True)
    form = StateForm(sent(request), moves=service.BY_HAND[person.state])
    saved = submitted(
        request,
        form,
        lambda given: service.set_state(
            actor=request.user, person=person, state=given["state"], reason=given["reason"]
        ),
    )
    if saved:
        return done(request, saved, _("Saved. It counts from now on."))
    note = _(
        "Left ends every session and token at once. Customers stay where they are; the backup or the"
        " head answers for them. To stop somebody's access at once, or to restore it, use “Sudden"
        " departure”."
    )
    return form_page(
        request, form, _("State of employment"), person.get_absolute_url(), about=person, note=note
    )


@both
def absence(request, pk):
    """Write down that somebody is away."""
    person = someone(request, pk)
    if not can(request.user, Action.ABSENCE_SET, person):
        raise NotAllowed()
    form = AbsenceForm(sent(request), initial={"first_day": today(company_zone())})
    saved = submitted(request, form, lambda given: away(request.user, person, given))
    if saved:
        return done(request, person, _("The absence is recorded."))
    return form_page(request, form, _("Record an absence"), person.get_absolute_url(), about=person)


def away(actor, person, given):
    """Whole days become instants in the company's zone."""
    zone = company_zone()
    return service.record_absence(
        actor=actor, person=person, kind=given["kind"], note=given["note"],
        starts_at=start_of_day(given["first_day"], zone),
        ends_at=next_day(given["last_day"], zone),
    )  # fmt: skip


@require_POST
def absence_end(request, pk, absence):
    """Somebody is back, or does not go after all."""
    person = someone(request, pk)
    row = get_visible_or_404(Absence.objects.filter(person=person), request, pk=absence)
    service.end_absence(actor=request.user, absence=row)
    return done(request, person, _("The absence has ended."))
