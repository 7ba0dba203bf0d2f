"""The registry of everything held: each relation from a model to a person says what becomes of it.

A model declares its own relations beside itself:

    class Assignment(Model):
        person = ForeignKey(Person, PROTECT)
        held = {"person": Held.TRANSFER}

Relations of other people's packages are listed in THIRD_PARTY. `undeclared()` names the rest, and a
system check stops the start-up while it is not empty, so nothing new can be forgotten.
"""

from enum import StrEnum

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register


class Held(StrEnum):
    """What happens to a row when the person it names goes."""

    TRANSFER = "transfer"  # open duty: somebody else takes it
    CLOSE = "close"  # ends with the person
    REVOKE = "revoke"  # access or credential: taken away
    HISTORY = "history"  # a fact that stays as it is


# Relations that cascade by nature; they are credentials and settings of the person.
THIRD_PARTY = {
    "account.EmailAddress.user": Held.REVOKE,
    "mfa.Authenticator.user": Held.REVOKE,
    "usersessions.UserSession.user": Held.REVOKE,
    "guardian.UserObjectPermission.user": Held.REVOKE,
}


def relations_to_people():
    """Every field of every model that points to a person, as (label, model, field)."""
    person = apps.get_model(settings.AUTH_USER_MODEL)
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or hasattr(model, "pgh_tracked_model"):
            continue  # copies kept by field history are no relations of their own
        for field in model._meta.get_fields():
            own = field.concrete and field.is_relation and field.model is model
            if own and field.related_model is person and not field.auto_created:
                yield f"{model._meta.label}.{field.name}", model, field


def disposition(label, model, field):
    """The declared disposition of one relation, or None."""
    if label in THIRD_PARTY:
        return THIRD_PARTY[label]
    if model._meta.auto_created:  # the hidden table of a many-to-many field
        owner = model._meta.auto_created
        for many in owner._meta.local_many_to_many:
            if many.remote_field.through is model:
                return getattr(owner, "held", {}).get(many.name)
    return getattr(model, "held", {}).get(field.name)


def undeclared():
    """Labels of the relations nobody has declared."""
    return [
        label
        for label, model, field in relations_to_people()
        if disposition(label, model, field) is None
    ]


@register(Tags.models)
def every_relation_is_declared(app_configs, **kwargs):
    """System check: a relation to a person without a disposition stops the start-up."""
    return [
        Error(f"{label} points to a person and declares no disposition (kit/registry.py).",
              id="holdfast.E001")
        for label in undeclared()
    ]  # fmt: skip
