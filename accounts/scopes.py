"""Scopes of person-shaped models: whose rows may be seen, through the org tree."""

from collections.abc import Callable

from django.db.models import Q

from accounts.access import Reach, reach
from kit.scoping import Scope

# function(person) → condition on entries of the trail of which this person may not know yet.
TRAIL_SECRETS: list[Callable] = []
# Rows about what people sign: for HR to read in the trail, nothing technical.
SIGNING = ("accounts.agreementrequest", "accounts.agreementsignature")


def keeps_from_trail(function):
    """Register the decorated function as one that keeps entries of the trail from people."""
    TRAIL_SECRETS.append(function)
    return function


class PersonScope(Scope):
    """Rows about a person: one's own, those of the people one leads, or all, by reach.

    `path` is the lookup from the model to the person ("" when the model is Person itself);
    `action` is the power that is asked when the caller names none.
    """

    def __init__(self, path, action):
        self.path, self.action = path, action

    def narrow(self, queryset, person, action, at):
        width = reach(person, action or self.action)
        if width == Reach.NONE:
            return queryset.none()
        if width == Reach.ALL:
            return queryset
        ids = {person.pk}
        if width > Reach.OWN:
            from accounts.selectors.org import people_led_by

            ids |= people_led_by(person, at)
        return queryset.filter(Q(**{f"{self.path}__in" if self.path else "pk__in": ids}))


class AgreementScope(Scope):
    """Agreements of everybody; others for whoever is asked or has signed, and who oversees them all."""

    def narrow(self, queryset, person, action, at):
        from accounts.access import Action
        from accounts.models import AgreementRequest, AgreementSignature

        if not person.has_access or reach(person, action or Action.AGREEMENT_VIEW) == Reach.NONE:
            return queryset.none()
        if reach(person, Action.AGREEMENT_VIEW) == Reach.ALL:
            return queryset
        asked = AgreementRequest.objects.filter(person=person.pk, ended_at=None)
        signed = AgreementSignature.objects.filter(person=person.pk)
        own = Q(key__in=asked.values("key")) | Q(key__in=signed.values("agreement__key"))
        return queryset.filter(Q(audience="everybody") | own)


class TrailScope(Scope):
    """The trail: own acts; acts of the people one leads; HR acts on people; technical ones.

    What is a secret of others is in nobody else's trail, whatever they may read.
    """

    def narrow(self, queryset, person, action, at):
        seen = self.reached(queryset, person, at)
        for secret in TRAIL_SECRETS if not seen.query.is_empty() else ():
            seen = seen.exclude(secret(person))
        return seen

    def reached(self, queryset, person, at):
        from accounts.access import Action, Role
        from accounts.selectors.org import people_led_by

        width = reach(person, Action.TRAIL_VIEW)
        if width == Reach.NONE:
            return queryset.none()
        roles = set(person.roles)
        seen = Q(actor_id=person.pk)
        if width == Reach.OWN:  # also an auditor on notice
            return queryset.filter(seen)
        if roles & {Role.AUDITOR, Role.DIRECTOR}:
            return queryset
        if Role.HR in roles:
            seen |= Q(
                subject_type__in=[
                    "accounts.person", "accounts.membership", "accounts.absence", *SIGNING
                ]
            )  # fmt: skip
        if Role.ADMINISTRATOR in roles:
            people = Q(subject_type__in=["accounts.absence", *SIGNING])
            seen |= Q(subject_type__startswith="accounts.") & ~people
        if width in (Reach.TEAM, Reach.DEPARTMENT):
            seen |= Q(actor_id__in=people_led_by(person, at))
        return queryset.filter(seen)


class OwnRows(Scope):
    """Rows that belong to one person alone: an inbox, tokens."""

    def __init__(self, path):
        self.path = path

    def narrow(self, queryset, person, action, at):
        return queryset.filter(**{self.path: person.pk}) if person.has_access else queryset.none()
