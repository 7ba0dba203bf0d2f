"""One's own profile."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, can
from accounts.adapter import dress
from accounts.forms.profile import ProfileForm
from accounts.models import Person
from accounts.selectors import sessions
from accounts.services import profile as service
from kit.web import done, form_status, sent, show, submitted


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """Name in Latin script, language, theme, zone, shortcuts; doors to what guards the account."""
    me = Person.objects.get(pk=request.user.pk)
    form = ProfileForm(sent(request), instance=me)
    saved = submitted(
        request, form, lambda given: service.update(actor=request.user, person=me, values=given)
    )
    if saved:
        with translation.override(saved.language):
            response = done(request, reverse("accounts:profile"), _("Saved."))
        dress(response, saved)
        return response
    context = {
        "form": form,
        "person": request.user,
        "sees_readiness": can(request.user, Action.EXPOSURE_VIEW),
        "mails_name_customers": settings.MAIL_NAMES_CUSTOMERS,
        "factors": sessions.second_factors(request.user),
    }
    return show(request, "accounts/profile/index.html", context, status=form_status(form))
