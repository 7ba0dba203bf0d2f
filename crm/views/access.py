"""Shares of a customer, and why somebody can see it."""

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Action
from crm.forms.access import RIGHTS, ShareForm, TermsForm, WhyForm
from crm.models import Customer, Share
from crm.selectors import explain as why_selector
from crm.selectors import shares as ask
from crm.services import shares
from crm.views.ownership import customer_for, head
from kit.dates import company_zone
from kit.errors import NotAllowed
from kit.templatetags.words import shown_name
from kit.web import back, done, form_status, get_visible_or_404, sent, show, submitted


def shared(request, pk):
    """Who else may see this customer until when, and a form to share it."""
    customer = get_visible_or_404(Customer, request, pk=pk)
    frame = head(request.user, customer, "crm:customer-shares")
    if not (frame["may_grant"] or frame["may_explain"]):
        raise NotAllowed()
    form = ShareForm(sent(request))
    act = lambda data: shares.grant(  # noqa: E731
        actor=request.user, customer=customer, person=data["person"], right=data["right"],
        until=data["until"], why=data["why"],
    )  # fmt: skip
    if submitted(request, form, act):
        text = _("Shared with %(who)s.") % {"who": shown_name(form.cleaned_data["person"])}
        return done(request, request.path, text)
    active, ahead, over = ask.of(customer)
    context = {
        **frame, "customer": customer, "form": form if frame["may_grant"] else None,
        "active": named(active + ahead), "over": named(over),
    }  # fmt: skip
    return show(
        request, "crm/access/shares.html", context, customers=[pk], status=form_status(form)
    )


def named(rows):
    """(share, words of its right)."""
    return [(row, RIGHTS.get(row.permission.codename, row.permission.codename)) for row in rows]


def change(request, pk, share):
    """Make a share longer or shorter, or give it another right: a new row in place of the old."""
    customer = customer_for(request, pk, Action.SHARE_GRANT)
    row = share_of(request, customer, share)
    last_day = row.period.upper - timedelta(microseconds=1)
    form = TermsForm(sent(request), initial={
        "right": row.permission.codename, "until_on": last_day.astimezone(company_zone()).date()
    })  # fmt: skip
    act = lambda data: shares.change(  # noqa: E731
        actor=request.user, customer=customer, person=row.user, share=row, right=data["right"],
        until=data["until"], why=data["why"],
    )  # fmt: skip
    if submitted(request, form, act):
        return done(request, after(request, pk), _("The share is changed."))
    context = {
        "customer": customer, "row": row, "right": named([row])[0][1], "form": form,
        "cancel": after(request, pk),
    }  # fmt: skip
    return show(
        request, "crm/access/change.html", context, customers=[pk], status=form_status(form)
    )


def after(request, pk):
    """Back to the list that led here, else to the shares of the customer."""
    return back(request, reverse("crm:customer-shares", args=[pk]))


def share_of(request, customer, pk):
    """A share of this customer with its person and right, or the fixed 404."""
    return get_visible_or_404(
        Share.objects.filter(content_object=customer).select_related("user", "permission"),
        request, pk=pk,
    )  # fmt: skip


@require_POST
def revoke(request, pk, share):
    """End a share now."""
    customer = customer_for(request, pk, Action.SHARE_GRANT)
    row = share_of(request, customer, share)
    shares.revoke(actor=request.user, customer=customer, share=row)
    return done(request, after(request, pk), _("The share has ended."))


def why(request, pk):
    """Why can this person see it? Every way, with right, dates and who gave it."""
    customer = customer_for(request, pk, Action.ACCESS_EXPLAIN)
    form = WhyForm(request.GET if "who" in request.GET else None)
    context = {
        **head(request.user, customer, "crm:customer-access"), "customer": customer, "form": form,
        "close": why_selector.close_ones(customer),
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        person = form.cleaned_data["who"]
        context |= {
            "person": person, "day": form.cleaned_data["on"], "rights": RIGHTS,
            "paths": why_selector.explain(person, customer, form.at),
        }  # fmt: skip
        context["sees"] = why_selector.permits(context["paths"])
    status = form_status(form) if form.is_bound else 200
    return show(request, "crm/access/why.html", context, customers=[pk], status=status)
