"""The reveal of a phone, mail or chat id: the same budget, trail and reason as on the page."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.access import Action
from crm.models import ContactChannel
from crm.services import channels
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body


class RevealedShape(serializers.Serializer):
    """A clear value, and how many more may be revealed today."""

    value = serializers.CharField()
    left = serializers.IntegerField()


class RevealBody(Body):
    """Why it is needed, for those who must say so."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class ChannelViewSet(ScopedViewSet):
    """Channels of contacts."""

    model = ContactChannel
    ways = {"reveal": Way(RevealedShape, takes=RevealBody)}

    def rows(self):
        return ContactChannel.objects.select_related("contact__key")

    @action(detail=True, methods=["post"])
    def reveal(self, request, pk):
        """Show one clear value, counted and written down by the service before it leaves."""
        channel = self.get_object(Action.CHANNEL_VIEW)
        reason = self.body().get("reason", "")
        return self.answer(channels.reveal(actor=request.user, channel=channel, reason=reason))
