"""Devices of people, and since when somebody has no access any more."""

from uuid import UUID

from django.apps import apps

from accounts.models import Device, Person

CUT = (Person.State.FROZEN, Person.State.LEFT)


def sender(number):
    """The device of a number that is not revoked, with its person; None where there is none."""
    try:
        rows = Device.objects.filter(number=UUID(number), revoked_at=None)
    except ValueError:
        return None
    return rows.select_related("person").first()


def cut_at(person):
    """The instant from which a person had no access, out of the field history; None while they have."""
    if person.state not in CUT:
        return None
    events = apps.get_model("accounts.PersonEvent").objects.filter(pgh_obj_id=person.pk)
    found = None
    for state, at in events.order_by("-pgh_id").values_list("state", "pgh_created_at").iterator():
        if state not in CUT:
            break
        found = at
    return found
