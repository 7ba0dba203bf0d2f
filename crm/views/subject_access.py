"""All that is kept of one person, to be handed to that person: a page to print, or a file."""

from allauth.account.decorators import reauthentication_required
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, can
from crm.forms.erasure import AccessForm
from crm.models import Contact, Customer
from crm.services import subject_access
from kit.errors import NotAllowed
from kit.web import form_page, get_visible_or_404, sent, show, submitted

both = require_http_methods(["GET", "HEAD", "POST"])


@both
def of_contact(request, pk):
    """What is kept of a contact."""
    return asked(request, subject=get_visible_or_404(Contact, request, pk=pk))


@both
def of_customer(request, pk):
    """What is kept of a private customer."""
    person = Customer.Kind.PERSON
    return asked(request, subject=get_visible_or_404(Customer, request, pk=pk, kind=person))


def asked(request, subject):
    """For whoever may give it out."""
    if not can(request.user, Action.ERASURE_DECIDE):
        raise NotAllowed()
    return given_out(request, subject=subject)


@reauthentication_required
def given_out(request, subject):
    """How the person asked; then everything, once. The password is asked for again."""
    form = AccessForm(sent(request))

    def act(given):
        return subject_access.take(actor=request.user, subject=subject, reason=given["reason"])

    parts = submitted(request, form, act)
    if parts is None:
        title = _("What is kept of %(name)s") % {"name": subject.name}
        return form_page(request, form, title, subject.get_absolute_url(), submit=_("Take it out"))
    if form.cleaned_data["form"] == "json":
        return as_file(subject, parts)
    context = {"subject": subject, "parts": parts}
    return show(request, "crm/subject_access/page.html", context)


def as_file(subject, parts):
    """The same as JSON: kind of rows → rows of what → value."""
    told = {str(part.label): [dict(row) for row in part.rows] for part in parts}
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = f"{subject._meta.model_name}-{subject.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
