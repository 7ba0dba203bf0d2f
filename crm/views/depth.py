"""How deep relations are: of a contact, of a customer, one level set, one confirmed."""

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.forms.depth import LevelForm
from crm.models import Contact, Customer, Depth
from crm.selectors import depth as shapes
from crm.services import depth
from kit.errors import Conflict, NotAllowed
from kit.versions import version_seen
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


def panel_or_page(request, word):
    """`?panel=1` is the panel of another page."""
    return f"crm/depth/{word}_panel.html" if request.GET.get("panel") == "1" else f"crm/depth/{word}.html"  # fmt: skip


@require_safe
def of_customer(request, pk):
    """The best level at a customer, how many of ours hold level 2 or more, and whose they are."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    context = {"customer": customer, "summary": shapes.of_customer(request.user, customer)}
    return show(request, panel_or_page(request, "customer"), context, customers=[pk])


@require_safe
def of_contact(request, pk):
    """The levels of a contact, and the five that one may set oneself."""
    contact = get_visible_or_404(Contact, request, pk=pk)
    context = {
        "contact": contact, "rows": shapes.of_contact(request.user, contact),
        "levels": shapes.levels(), "rules": shapes.rules(),
        "may_set": shapes.through(request.user, contact) is not None,
        "own": shapes.own(request.user, contact),
    }  # fmt: skip
    return show(request, panel_or_page(request, "contact"), context, customers=shapes.seen_at(request.user, contact))  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk, level):
    """Set one level of one's own relation, with the days of its evidence."""
    contact = get_visible_or_404(Contact, request, pk=pk)
    one = shapes.level(level)
    if one is None:
        raise Http404
    customer = shapes.through(request.user, contact)
    if customer is None:
        raise NotAllowed()
    known = shapes.own(request.user, contact)
    form = LevelForm(sent(request), level=one, known=known)

    def act(given):
        return depth.save(
            actor=request.user, customer=customer, contact=contact, level=level,
            evidence_on=form.evidence_on(), version=given["version"],
        )  # fmt: skip

    back = reverse("crm:contact-depth", args=[pk])
    if submitted(request, form, act):
        return done(request, back, _("Saved"))
    status = form_status(form)
    if isinstance(getattr(form, "refused", None), Conflict):
        form.data = form.data.copy()
        form.data["version"] = known.version if known else 0
    context = {"contact": contact, "level": one, "form": form, "back": back,
               "cautions": shapes.cautions()}  # fmt: skip
    return show(request, "crm/depth/edit.html", context, customers=[customer.pk], status=status)


@require_POST
def confirm(request, pk):
    """A head above confirms the level that was set."""
    row = get_visible_or_404(Depth, request, pk=pk)
    customer = shapes.seen_through(request.user, row.contact)
    if customer is None:
        raise NotAllowed()
    depth.confirm(actor=request.user, customer=customer, depth=row, version=version_seen(request))
    return done(request, reverse("crm:contact-depth", args=[row.contact_id]), _("Confirmed"))
