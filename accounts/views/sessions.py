"""Where one is signed in, and personal API tokens."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.sessions import TokenForm
from accounts.models import ApiToken
from accounts.selectors import sessions as selectors
from accounts.services import sessions as service
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


@require_safe
def index(request):
    """The devices on which one is signed in."""
    rows = selectors.open_sessions(request.user, request.session.session_key)
    context = {"sessions": rows, "others": any(not row.is_here for row in rows)}
    return show(request, "accounts/sessions/index.html", context)


@require_POST
def end(request):
    """Sign out one other device, or all others."""
    rows = selectors.open_sessions(request.user, request.session.session_key)
    others = [row for row in rows if not row.is_here]
    one = request.POST.get("session")
    if one is not None:
        others = [row for row in others if str(row.pk) == one]
        if not others:
            raise Http404
    count = service.end(actor=request.user, person=request.user, sessions=others)
    message = ngettext("%(count)s session ended.", "%(count)s sessions ended.", count)
    return done(request, reverse("accounts:sessions"), message % {"count": count})


@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request):
    """One's API tokens; a new one is shown once, on the answer to the form."""
    form = TokenForm(sent(request))
    issued = submitted(
        request, form, lambda given: service.issue_token(actor=request.user, **given)
    )
    context = {
        "form": form if not issued else TokenForm(), "secret": issued[1] if issued else "",
        "tokens": ApiToken.objects.visible_to(request.user).order_by("expiry"),
    }  # fmt: skip
    status = 201 if issued else form_status(form)
    return show(request, "accounts/sessions/tokens.html", context, status=status)


@require_POST
def revoke(request, token):
    """Take back a token."""
    row = get_visible_or_404(ApiToken, request, pk=token)
    service.revoke_token(actor=request.user, person=request.user, token=row)
    return done(request, reverse("accounts:tokens"), _("The token is revoked."))
