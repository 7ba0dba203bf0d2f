"""The file of a private customer, without its household: nothing of that leaves through the API."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from crm.api.channels import RevealBody, RevealedShape
from crm.models import Customer, Fact
from crm.models.private_file import Sight
from crm.selectors import private_fields
from crm.selectors import private_file as files
from crm.services import private_file
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import Body, InstantField, Named
from kit.errors import Refused


class PrivateCell(serializers.Serializer):
    """One field. A masked value is handed out by reveal only."""

    field = serializers.CharField(source="field.id")
    words = serializers.ListField(
        child=serializers.CharField(), help_text="The value in the asker's language, or its mask."
    )
    masked = serializers.BooleanField(source="can_reveal")
    source = serializers.CharField(source="fact.source", default="")
    confirmed_at = InstantField(source="fact.confirmed_at", allow_null=True, default=None)
    confirmed_by = Named(source="fact.confirmed_by", allow_null=True, default=None)
    kept_until = InstantField(source="until", allow_null=True)
    version = serializers.IntegerField()


class PrivateShape(serializers.Serializer):
    """The file of a private customer, as far as the API has it."""

    cells = PrivateCell(many=True)


class GivenValue(Body):
    """A value; null erases it and what it was before. `version` 0 where there was none."""

    value = serializers.JSONField(allow_null=True)
    version = serializers.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class PrivateBody(Body):
    """Values and how they are known."""

    values = serializers.DictField(child=GivenValue(), help_text="By id of the field.")
    source = serializers.ChoiceField(Fact.Source.choices, default=Fact.Source.CUSTOMER)


class PrivateRevealBody(RevealBody):
    """Which field."""

    field = serializers.CharField(max_length=40)


class PrivateFileViewSet(ScopedViewSet):
    """The file of a private customer."""

    model = Customer
    ways = {
        "retrieve": Way(PrivateShape),
        "save": Way(PrivateShape, takes=PrivateBody),
        "reveal": Way(RevealedShape, takes=PrivateRevealBody),
    }

    def rows(self):
        return Customer.objects.filter(kind=Customer.Kind.PERSON)

    def retrieve(self, request, pk):
        """What is kept of the customer, masked where it has to be."""
        customer = self.get_object()
        sections = files.of_customer(request.user, customer)
        cells = [cell for section in sections for cell in section.cells]
        open_ones = [cell for cell in cells if cell.field.guard != Sight.HOUSEHOLD]
        return self.answer({"cells": open_ones}, [customer.pk])

    def save(self, request, pk):
        """Write values; whoever was faster is a conflict at the field."""
        customer, given = self.get_object(), self.body()
        not_of_household(given["values"])
        private_file.save(actor=request.user, customer=customer, **given)
        return self.retrieve(request, pk)

    def reveal(self, request, pk):
        """Show one clear value, counted and written down by the service before it leaves."""
        customer, given = self.get_object(), self.body()
        not_of_household([given["field"]])
        found = private_file.reveal(actor=request.user, customer=customer, **given)
        return self.answer(found)


def not_of_household(names):
    """Refuse fields of households, as if there were none."""
    household = {one.id for one in private_fields.fields() if one.guard == Sight.HOUSEHOLD}
    for name in names:
        if name in household:
            raise Refused(_("This field cannot be set here: %(name)s") % {"name": name})
