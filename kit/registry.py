"""The registry of everything held: each relation from a model to a person says what becomes of it.

A model declares its own relations beside itself, by the disposition alone or with what a page needs
to count its rows and to link to them:

    class Assignment(Model):
        person = ForeignKey(Person, PROTECT)
        made_by = ForeignKey(Person, PROTECT)
        held = {
            "person": Holding(Held.TRANSFER, _("Seats"), open=not_over("period"), page="crm:…"),
            "made_by": Holding(Held.HISTORY, _("Changes of seats made")),
        }

Relations are foreign keys, many-to-many tables, generic relations, and the plain numbers of tables
that must not have a foreign key. Those of other people's packages are listed in THIRD_PARTY.
`undeclared()` names the rest, and nothing starts while it is not empty, so nothing new can be
forgotten. `accounts.selectors.holdings` counts what one person holds.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kit.clock import StatementNow


class Held(StrEnum):
    """What happens to a row when the person it names goes."""

    TRANSFER = "transfer"  # open duty: somebody else takes it
    CLOSE = "close"  # ends with the person
    REVOKE = "revoke"  # access or credential: taken away
    HISTORY = "history"  # a fact that stays as it is


@dataclass(frozen=True)
class Holding:
    """What becomes of the rows of one relation, and how a page speaks of them.

    label: the rows in words. open: condition of the rows that still count; without it none of a
    HISTORY, all of the others. page: name of the address that lists them, it takes the key of the
    person; in its query string as `by` where that is named. action: the power that page asks for, and by which the rows are counted. Without a
    label the rows are of the machinery and on no page.
    """

    becomes: Held
    label: "str | Promise" = ""
    open: Q | None = None
    page: str = ""
    by: str = ""
    action: str = ""

    def address(self, person):
        """Where the rows of a person are listed, or "" where no page lists them."""
        if not self.page:
            return ""
        if self.by:
            return f"{reverse(self.page)}?{self.by}={person.pk}"
        return reverse(self.page, args=[person.pk])

    @property
    def still(self):
        """The condition of the rows that still count."""
        if self.open is not None:
            return self.open
        return Q(pk__in=[]) if self.becomes == Held.HISTORY else ~Q(pk__in=[])


def not_over(period):
    """The condition that a period of instants runs or lies ahead, by the database's clock."""
    return Q(**{f"{period}__endswith__gt": StatementNow()}) | Q(**{f"{period}__upper_inf": True})


@dataclass(frozen=True)
class Relation:
    """One way in which rows of a model name a person; field is None for a plain number."""

    model: type
    name: str
    field: object = None

    @property
    def label(self):
        return f"{self.model._meta.label}.{self.name}"

    def named(self, person):
        """The condition of the rows that name this person."""
        if isinstance(self.field, GenericForeignKey):
            kind, key = self.field.ct_field, self.field.fk_field
            return Q(**{f"{kind}__app_label": person._meta.app_label,
                        f"{kind}__model": person._meta.model_name, key: str(person.pk)})  # fmt: skip
        return Q(**{self.name: person.pk})


# Relations of other people's packages: credentials and settings of the person, deleted with them.
THIRD_PARTY = {
    "account.EmailAddress.user": Holding(Held.REVOKE, _("Addresses for signing in")),
    "mfa.Authenticator.user": Holding(Held.REVOKE, _("Second factors")),
    "usersessions.UserSession.user": Holding(Held.REVOKE, _("Devices signed in")),
    "knox.AuthToken.user": Holding(Held.REVOKE),  # an empty table: ours stands in its place
    "guardian.UserObjectPermission.user": Holding(Held.REVOKE, _("Grants on single objects")),
    "guardian.UserObjectPermission.content_object": Holding(
        Held.REVOKE, _("Grants to people about this person")
    ),
    "guardian.GroupObjectPermission.content_object": Holding(
        Held.REVOKE, _("Grants to groups about this person")
    ),
}

# Names under which a table keeps the number of a person without a foreign key.
NUMBERS = {"person_id", "user_id", "actor_id", "on_behalf_of_id"}


def relations_to_people():
    """Every Relation of every model to people."""
    person = apps.get_model(settings.AUTH_USER_MODEL)
    for model in apps.get_models(include_auto_created=True, include_swapped=True):
        if model._meta.proxy or hasattr(model, "pgh_tracked_model"):
            continue  # copies kept by field history are no relations of their own
        for field in [*model._meta.local_fields, *model._meta.private_fields]:
            if names_people(field, person):
                yield Relation(model, field.name, field if field.is_relation else None)


def names_people(field, person):
    """Whether a field points to people, can point to them, or keeps their number."""
    if isinstance(field, GenericForeignKey):
        return True
    if not field.is_relation:
        return field.name in NUMBERS
    target = field.related_model
    return field.concrete and target._meta.concrete_model is person._meta.concrete_model


def declared(relation):
    """The Holding of a relation, or None."""
    if relation.label in THIRD_PARTY:
        return THIRD_PARTY[relation.label]
    owner, name = relation.model, relation.name
    if owner._meta.auto_created:  # the hidden table of a many-to-many field
        owner = relation.model._meta.auto_created
        many = [
            f for f in owner._meta.local_many_to_many if f.remote_field.through is relation.model
        ]
        name = many[0].name if many else name
    said = getattr(owner, "held", {}).get(name)
    return Holding(said) if isinstance(said, Held) else said


def undeclared():
    """Labels of the relations nobody has declared."""
    return [relation.label for relation in relations_to_people() if declared(relation) is None]


def message(label):
    return f"{label} points to a person and declares no disposition (kit/registry.py)."


@register(Tags.models)
def every_relation_is_declared(app_configs, **kwargs):
    """System check: a relation to a person without a disposition."""
    return [Error(message(label), id="holdfast.E001") for label in undeclared()]


def refuse_undeclared():
    """Stop whatever is starting, also what runs no system checks: a web server, a worker."""
    if labels := undeclared():
        raise ImproperlyConfigured(" ".join(map(message, labels)))
