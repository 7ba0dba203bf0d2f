"""Phones, mails and chat ids: new, replaced, ended; and the reveal with budget, trail and reason."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action
from crm.api.contacts import ContactShape, NewChannel, shown, through
from crm.models import Contact, ContactChannel
from crm.selectors.channels import LONGEST
from crm.services import channels
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, KeyField, column, sent_once

THROUGH = "Through which customer; any that may be edited, if left out."


class RevealedShape(serializers.Serializer):
    """A clear value, and how many more may be revealed today."""

    value = serializers.CharField()
    left = serializers.IntegerField()


class RevealBody(Body):
    """Why it is needed, for those who must say so."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ChannelBody(NewChannel):
    """A phone, mail or chat id of a contact."""

    customer = KeyField(required=False, help_text=THROUGH)
    client_uuid = sent_once("a channel")


class ReplacedChannel(Body):
    """What changes; a value that is left out is kept."""

    kind = column(ContactChannel, "kind", required=False)
    value = serializers.CharField(max_length=LONGEST, required=False)
    held_by = column(ContactChannel, "held_by")
    label = column(ContactChannel, "label")
    customer = KeyField(required=False, help_text=THROUGH)


class EndedChannel(Body):
    """Through which customer it is ended."""

    customer = KeyField(required=False, help_text=THROUGH)


class NewChannelViewSet(ScopedViewSet):
    """Channels of a contact."""

    model = Contact
    ways = {"create": Way(ContactShape, takes=ChannelBody, statuses=(200, 201))}

    def create(self, request, pk):
        """Add a channel; answered with the contact."""
        contact, given = self.get_object(), self.body()
        customer = through(self, contact, given.pop("customer", None))
        values = {name: given[name] for name in channels.FIELDS if name in given}
        _key, status = self.once(
            given, channels.add, customer=customer, contact=contact, values=values
        )
        return shown(self, self.get_object(), status)


class ChannelViewSet(ScopedViewSet):
    """Channels of contacts. One is never changed: it ends, and another one begins."""

    model = ContactChannel
    ways = {
        "reveal": Way(RevealedShape, takes=RevealBody),
        "replace": Way(ContactShape, takes=ReplacedChannel),
        "end": Way(ContactShape, takes=EndedChannel),
    }

    def rows(self):
        return ContactChannel.objects.select_related("contact__key")

    @action(detail=True, methods=["post"])
    def reveal(self, request, pk):
        """Show one clear value, counted and written down by the service before it leaves."""
        channel = self.get_object(Action.CHANNEL_VIEW)
        reason = self.body().get("reason", "")
        return self.answer(channels.reveal(actor=request.user, channel=channel, reason=reason))

    @action(detail=True, methods=["post"])
    def replace(self, request, pk):
        """Put another one in its place; both stay in the file. One that has ended is 409."""
        channel, given = self.get_object(Action.CHANNEL_VIEW), self.body()
        customer = through(self, channel.contact, given.pop("customer", None))
        channels.edit(actor=request.user, customer=customer, channel=channel, values=given)
        return self.of_contact(channel)

    @action(detail=True, methods=["post"])
    def end(self, request, pk):
        """It is no longer in use; its row stays."""
        channel, given = self.get_object(Action.CHANNEL_VIEW), self.body()
        customer = through(self, channel.contact, given.get("customer"))
        channels.end(actor=request.user, customer=customer, channel=channel)
        return self.of_contact(channel)

    def of_contact(self, channel):
        return shown(self, self.seen(Contact, channel.contact_id))
