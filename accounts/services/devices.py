"""Devices are registered by their people while they have access, and taken back by them."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Device, Person
from accounts.service import service
from kit import signatures
from kit.clock import database_now
from kit.errors import Conflict, Refused

MOST = 10


@service(Action.TOKEN_ISSUE)
def register(*, actor, name, public_key):
    """Register a device of one's own by its public key (SPKI in base64). Returns it."""
    name = name.strip()
    if not name or len(name) > 80:
        raise Refused(_("Enter a name of at most 80 characters."), field="name")
    try:
        signatures.public_key(public_key)
    except ValueError:
        raise Refused(_("This is no P-256 key in base64."), field="public_key") from None
    person = Person.objects.select_for_update().get(pk=actor.pk)
    if not person.has_access or person.auth_epoch != actor.auth_epoch:
        raise Conflict(_("Sign in again first."))
    mine = Device.objects.filter(person=person, revoked_at=None)
    if mine.count() >= MOST:
        raise Refused(_("You have %(most)s devices. Take one back first.") % {"most": MOST})
    made = Device.objects.create(person=person, name=name, public_key=public_key)
    record(made, {"name": (None, name)})
    return made


@service(Action.TOKEN_ISSUE, on="device")
def revoke(*, actor, device):
    """Nothing that this device signed is taken any more: it is lost or was given back."""
    if device.revoked_at:
        raise Conflict(_("This device was taken back already."))
    device.revoked_at = database_now()
    device.save()
    record(device, {"revoked_at": (None, device.revoked_at)})
    return device
