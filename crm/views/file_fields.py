"""What the customer file asks for: listed, changed, added to by the company."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, can
from crm.forms.file_fields import FieldForm, NewFieldForm
from crm.selectors import file_fields as asked
from crm.services import file_fields
from kit.errors import NotAllowed
from kit.web import done, form_status, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


def editing(request):
    """Definitions are seen and changed by those who may edit content."""
    if not can(request.user, Action.CONTENT_EDIT):
        raise NotAllowed()


def home():
    return reverse("crm:file-fields")


def part_or_404(name):
    found = asked.part(name)
    if found is None:
        raise Http404
    return found


def field_or_404(part, name):
    found = next((one for one in part_or_404(part).everything if one.id == name), None)
    if found is None:
        raise Http404
    return found


@require_safe
def index(request):
    """The five parts with their fields."""
    editing(request)
    counts = asked.filled_counts()
    parts = [(part, [(one, counts.get(one.id, 0)) for one in part.everything])
             for part in asked.parts()]  # fmt: skip
    return show(request, "crm/file_fields/index.html", {"parts": parts})


@both
def edit(request, part, field):
    """One definition."""
    editing(request)
    found = field_or_404(part, field)
    known = {"required": found.required, "weight": found.weight, "refresh_days": found.refresh_days}
    for name, texts in (("label", found.pair), ("help", found.help_pair)):
        known |= {f"{name}_{language}": texts.get(language, "") for language in ("en", "zh")}
    form = FieldForm(sent(request), initial=known | {"seen": asked.digest(part, field)})

    def act(given):
        return file_fields.change(
            actor=request.user, part=part, field=field, values=form.definition(), seen=given["seen"]
        )

    if submitted(request, form, act):
        return done(request, home(), _("Saved."))
    if form_status(form) == 409:  # the next save keeps what is typed here
        form.data = form.data.copy()
        form.data["seen"] = asked.digest(part, field)
    context = {"form": form, "found": found, "filled": asked.filled_counts().get(field, 0)}
    return show(request, "crm/file_fields/field.html", context, status=form_status(form))


@both
def create(request, part):
    """A field of the company's own."""
    editing(request)
    found = part_or_404(part)
    form = NewFieldForm(sent(request), initial={"weight": 5, "refresh_days": 180})

    def act(given):
        return file_fields.add(
            actor=request.user, part=part, kind=given["kind"], values=form.definition(),
            options=form.pairs(),
        )  # fmt: skip

    if submitted(request, form, act):
        return done(request, home(), _("Saved."))
    context = {"form": form, "part": found}
    return show(request, "crm/file_fields/new.html", context, status=form_status(form))


@require_POST
def remove(request, part, field):
    """Ask for a field no longer."""
    editing(request)
    field_or_404(part, field)
    file_fields.remove(actor=request.user, part=part, field=field)
    return done(request, home(), _("The field is not asked for any more. Its values stay."))


@require_POST
def restore(request, part, field):
    """Ask for a removed field again."""
    editing(request)
    field_or_404(part, field)
    file_fields.restore(actor=request.user, part=part, field=field)
    return done(request, home(), _("The field is asked for again."))
