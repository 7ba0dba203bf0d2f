"""Duties of the members of a key-account team."""

from rest_framework import serializers

from crm.api.ownership import SeatsShape, SeatViewSet
from crm.models import Assignment
from crm.seats import Duty
from crm.services import key_accounts
from kit.api.base import Way
from kit.api.shapes import Body, KeyField


class DutyBody(Body):
    """Which member is there for what."""

    member = KeyField(help_text="The `id` of one of `seats`, a key-account member.")
    duty = serializers.ChoiceField(
        Duty.choices, allow_blank=True, help_text="Blank: nothing is said."
    )


class MemberViewSet(SeatViewSet):
    """Members of the key-account team of a customer."""

    ways = {"duty": Way(SeatsShape, takes=DutyBody)}

    def duty(self, request, pk):
        """Say what a member is there for."""
        customer, given = self.get_object(), self.body()
        members = Assignment.objects.visible_to(request.user).filter(customer=customer)
        row = self.seen(members, given["member"])
        key_accounts.set_duty(actor=request.user, customer=customer, member=row, duty=given["duty"])
        return self.after(customer)
