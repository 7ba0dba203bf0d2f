"""Devices of one's own, by their public keys."""

from rest_framework import serializers
from rest_framework.decorators import action

from accounts.models import Device
from accounts.services import devices
from kit.api.base import ScopedViewSet, Way
from kit.api.paging import keyset
from kit.api.shapes import Body, InstantField, PageQuery, page_of


class DeviceShape(serializers.Serializer):
    """A device that signs what is written on it without a network."""

    id = serializers.IntegerField()
    number = serializers.UUIDField(help_text="What it is known by at /api/v1/sync/late.")
    name = serializers.CharField()
    made_at = InstantField()
    revoked_at = InstantField(allow_null=True)


class NewDevice(Body):
    """A device: the public half of a P-256 key that never leaves it."""

    name = serializers.CharField(max_length=80)
    public_key = serializers.CharField(max_length=400, help_text="SPKI in base64.")


class DeviceViewSet(ScopedViewSet):
    """The devices of one's own."""

    model = Device
    ways = {
        "list": Way(page_of(DeviceShape), asks=PageQuery),
        "create": Way(DeviceShape, takes=NewDevice, statuses=(201,)),
        "revoke": Way(DeviceShape, takes=Body),
    }

    def list(self, request):
        """One's devices, the oldest first."""
        return self.page(*keyset(self.get_queryset(), ("pk",), self.said))

    def create(self, request):
        """Register this device."""
        return self.answer(devices.register(actor=request.user, **self.body()), status=201)

    @action(detail=True, methods=["post"])
    def revoke(self, request, pk):
        """Take nothing more that this device signed."""
        self.body()
        return self.answer(devices.revoke(actor=request.user, device=self.get_object()))
