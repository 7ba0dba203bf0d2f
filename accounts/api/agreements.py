"""Agreements: the versions that count, and how a person stands to them. Signing asks for the password, on the page."""

from rest_framework import serializers

from accounts.access import Action, can
from accounts.models import Agreement, Person
from accounts.selectors import agreements
from accounts.selectors.people import directory
from kit.api.base import ScopedViewSet, Way
from kit.api.shapes import InstantField, page_of
from kit.errors import NotAllowed


class AgreementShape(serializers.Serializer):
    """A published version, whole and in both languages."""

    id = serializers.IntegerField()
    key = serializers.CharField()
    number = serializers.IntegerField()
    title = serializers.CharField()
    title_zh = serializers.CharField()
    text = serializers.CharField()
    text_zh = serializers.CharField()
    audience = serializers.ChoiceField(Agreement.Audience.choices)
    months = serializers.IntegerField(
        allow_null=True, help_text="A signature lasts; null: for good."
    )
    months_after = serializers.IntegerField(
        allow_null=True, help_text="It binds after leaving; null: without a fixed end."
    )
    digest = serializers.CharField(help_text="SHA-256 of what stands above.")
    made_at = InstantField()


class SignatureShape(serializers.Serializer):
    """A signature under a version."""

    id = serializers.IntegerField()
    number = serializers.IntegerField(source="agreement.number")
    signed_at = InstantField()
    signed_on = serializers.DateField(allow_null=True, help_text="On paper.")
    kept_at = serializers.CharField(allow_blank=True, help_text="Where the paper lies.")
    expires_on = serializers.DateField(allow_null=True)
    digest = serializers.CharField(help_text="SHA-256 of what was signed.")
    is_intact = serializers.BooleanField()


class StandingShape(serializers.Serializer):
    """How a person stands to an agreement."""

    key = serializers.CharField(source="agreement.key")
    number = serializers.IntegerField(
        source="agreement.number", help_text="The version that counts."
    )
    state = serializers.ChoiceField(agreements.STATES)
    to_sign = serializers.BooleanField()
    signature = SignatureShape(source="row", allow_null=True)


class AgreementViewSet(ScopedViewSet):
    """The versions that count."""

    model = Agreement
    ways = {"list": Way(page_of(AgreementShape))}

    def list(self, request):
        """Every agreement of the company in its latest version."""
        keys = [row.pk for row in agreements.current().values()]
        return self.page(list(self.get_queryset().filter(pk__in=keys)), None)


class PersonAgreementsViewSet(ScopedViewSet):
    """What a person has signed and what is missing."""

    model = Person
    ways = {"list": Way(page_of(StandingShape))}

    def rows(self):
        return directory()

    def list(self, request, pk):
        """What is to be signed first, then what was signed."""
        person = self.get_object()
        if not can(request.user, Action.AGREEMENT_VIEW, person):
            raise NotAllowed()
        return self.page(agreements.of_person(person), None)
