"""Pages of the organisation: the tree, a unit, and what may be changed about it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from accounts.forms.org import ChoosePerson, MoveForm, NewUnitForm, UnitForm
from accounts.models import Unit
from accounts.selectors import org, people
from accounts.services import org as service
from kit.errors import NotAllowed
from kit.web import done, form_page, form_status, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def index(request):
    """The whole organisation with heads and members."""
    context = {"branches": org.picture(), "can_edit": can(request.user, Action.ORG_EDIT)}
    return show(request, "accounts/org/index.html", context)


@require_safe
def unit(request, pk):
    """One unit: head, members, what lies below."""
    one = get_visible_or_404(Unit, request, pk=pk)
    context = {
        "unit": one, "above": org.ancestors(one)[:0:-1], "members": org.belongs(one),
        "below": one.children.all(), "can_edit": can(request.user, Action.ORG_EDIT),
    }  # fmt: skip
    return show(request, "accounts/org/unit.html", context)


def address(one):
    return reverse("accounts:unit", args=[one.pk])


def editable(request, pk):
    """The unit of the page for somebody who may change it, else 403."""
    one = get_visible_or_404(Unit, request, pk=pk)
    if not can(request.user, Action.ORG_EDIT):
        raise NotAllowed()
    return one


@both
def new(request):
    """Add a unit below another."""
    if not can(request.user, Action.ORG_EDIT):
        raise NotAllowed()
    form = NewUnitForm(sent(request), initial={"parent": request.GET.get("parent")})
    made = submitted(
        request,
        form,
        lambda given: service.create_unit(
            actor=request.user, parent=given.pop("parent"), values=given
        ),
    )
    if made:
        return done(request, address(made), _("The unit is added."))
    return form_page(request, form, _("New unit"), reverse("accounts:org"), submit=_("Create"))


@both
def edit(request, pk):
    """Change names, kind and function."""
    one = editable(request, pk)
    form = UnitForm(sent(request), instance=one)
    if submitted(
        request, form, lambda given: service.rename(actor=request.user, unit=one, values=given)
    ):
        return done(request, address(one), _("Saved."))
    return form_page(request, form, _("Edit unit"), address(one), about=str(one))


@both
def move(request, pk):
    """Hang the unit under another one."""
    one = editable(request, pk)
    form = MoveForm(sent(request), initial={"parent": one.parent_id})
    if submitted(request, form, lambda given: service.move(actor=request.user, unit=one, **given)):
        return done(request, address(one), _("The unit has moved with everything below it."))
    note = _("Whoever heads the units above sees the customers of this unit from that moment on.")
    return form_page(request, form, _("Move unit"), address(one), about=str(one), note=note)


def choose(request, pk, verb, title, message, **more):
    """A page on which somebody is chosen by name, for a verb on (unit, person)."""
    one = editable(request, pk)
    q = request.GET.get("q", "")[:100]
    form = ChoosePerson(sent(request), q=q)
    if submitted(request, form, lambda given: verb(actor=request.user, unit=one, **given)):
        return done(request, address(one), message)
    context = {"form": form, "title": title, "unit": one, "cancel": address(one), "q": q} | more
    return show(request, "accounts/org/choose.html", context, status=form_status(form))


@both
def head(request, pk):
    """Name the head of a unit, or none."""
    one = editable(request, pk)
    if request.method == "POST" and "nobody" in request.POST:
        service.set_head(actor=request.user, unit=one, person=None)
        return done(request, address(one), _("Nobody heads this unit now."))
    return choose(
        request, pk, service.set_head, _("Change the head"), _("The unit has a new head."),
        present=org.head_of(one),
    )  # fmt: skip


@both
def join(request, pk):
    """Add a member; another membership ends at the same instant."""
    return choose(request, pk, service.join, _("Add a member"), _("The member is added."))


@require_POST
def leave(request, pk, person):
    """End a membership."""
    one = editable(request, pk)
    member = get_visible_or_404(people.directory(), request, pk=person)
    service.leave(actor=request.user, unit=one, person=member)
    return done(request, address(one), _("The membership has ended."))
