"""What people set for themselves."""

import zoneinfo

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record
from accounts.models import Person
from accounts.service import only, service
from kit.errors import Refused
from kit.versions import unchanged

OWN = {"latin_name", "language", "time_zone", "theme", "shortcuts", "by_mail"}


@service(Action.PROFILE_EDIT, on="person")
def update(*, actor, person, values, version=None):
    """Change one's own name in Latin script, language, zone, theme, shortcuts, mails. Returns the person.

    version: the tag of OWN that was seen; another one is a Conflict.
    """
    values = only(values, OWN)
    unchanged(person, OWN, version)
    if values.get("language", "en") not in dict(settings.LANGUAGES):
        raise Refused(_("Choose one of the languages"), field="language")
    if values.get("time_zone", "UTC") not in zoneinfo.available_timezones():
        raise Refused(_("Choose a time zone from the list"), field="time_zone")
    if values.get("theme", "") not in Person.Theme.values:
        raise Refused(_("Choose one of the themes"), field="theme")
    changes = assign(person, values)
    person.save()
    record(person, changes)
    return person
