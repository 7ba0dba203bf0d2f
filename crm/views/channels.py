"""Phones, mails and chat ids: new, edit, end, and the reveal."""

from django.http import HttpResponseNotAllowed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import Action, can
from crm.forms.channels import ChannelForm, RevealForm
from crm.models import ContactChannel
from crm.selectors import channels as rows
from crm.selectors.contacts import editable_through, places_seen
from crm.services import channels
from crm.views.contacts import editable_contact
from kit.web import done, form_status, get_visible_or_404, sent, show, submitted


def create(request, pk):
    """Add a channel to a contact."""
    contact, customer = editable_contact(request, pk)
    form = ChannelForm(sent(request))

    def act(given):
        return channels.add(actor=request.user, customer=customer, contact=contact, values=given)

    if submitted(request, form, act):
        return done(request, contact, _("Channel saved"))
    return show(request, "crm/contacts/channel_form.html", {"form": form, "contact": contact},
                customers=[customer.pk], status=form_status(form))  # fmt: skip


def edit(request, pk):
    """Replace a channel; the old value stays in the file."""
    channel = seen(request, pk)
    contact, customer = editable_contact(request, channel.contact_id)
    known = {"kind": channel.kind, "held_by": channel.held_by, "label": channel.label}
    form = ChannelForm(sent(request), initial=known, masked=channel.masked)

    def act(given):
        return channels.edit(actor=request.user, customer=customer, channel=channel, values=given)

    if submitted(request, form, act):
        return done(request, contact, _("Channel saved"))
    return show(request, "crm/contacts/channel_form.html",
                {"form": form, "contact": contact, "channel": channel},
                customers=[customer.pk], status=form_status(form))  # fmt: skip


@require_POST
def end(request, pk):
    """A channel is no longer in use."""
    channel = seen(request, pk)
    contact, customer = editable_contact(request, channel.contact_id)
    channels.end(actor=request.user, customer=customer, channel=channel)
    return done(request, contact, _("Channel ended"))


def reveal(request, pk):
    """Show one clear value, counted and written down. Asked for with GET, it asks for the reason."""
    channel = seen(request, pk)
    form = RevealForm(sent(request), reason_needed=rows.reason_needed(request.user))
    if request.method not in ("GET", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])

    def act(given):
        return channels.reveal(actor=request.user, channel=channel, reason=given["reason"])

    shown = submitted(request, form, act)
    context = {
        "channel": channel, "contact": channel.contact, "form": form, "shown": shown,
        "can_edit": bool(editable_through(request.user, channel.contact)),
        "can_reveal": can(request.user, Action.CHANNEL_REVEAL, channel),
        "reason_needed": rows.reason_needed(request.user),
        "refused": getattr(form, "refused", None),
    }  # fmt: skip
    if shown:
        context |= {"text": rows.shown(channel.kind, shown.value),
                    "address": rows.address(channel.kind, shown.value)}  # fmt: skip
    places = () if shown else places_seen(request.user, channel.contact)  # a reveal counts itself
    told = {"customers": [place.customer_id for place in places], "status": form_status(form)}
    if request.htmx:
        response = show(request, "crm/contacts/channel.html", context, **told)
        response["HX-Retarget"], response["HX-Reswap"] = f"#channel-{channel.pk}", "outerHTML"
        return response
    return show(request, "crm/contacts/reveal.html", context, **told)


def seen(request, pk):
    """The channel, if the person may see channels of its contact."""
    rows = ContactChannel.objects.select_related("contact__key")
    return get_visible_or_404(rows, request, Action.CHANNEL_VIEW, pk=pk)
