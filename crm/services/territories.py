"""Which of our people looks after which region. It gives no sight of customers."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, initial, record
from accounts.models import Person
from accounts.service import service
from crm.models import Territory
from kit import bulk
from kit.dates import company_zone, plausible, today
from kit.errors import Conflict, Refused

FIELDS = {"person", "region", "started_on"}


@service(Action.ORG_EDIT, people=("person",))
def give(*, actor, person, region, started_on=None):
    """Put a region into a person's care from a day on (None: not known). Returns the territory."""
    if person.state == Person.State.LEFT:
        raise Refused(_("This person has left"), field="person")
    if started_on and not plausible(started_on):
        raise Refused(_("Enter a day such as 2026-11-22"), field="started_on")
    if Territory.objects.filter(person=person, region=region, ended_on=None).exists():
        raise Conflict(_("This person looks after this region already."), code="territory_once")
    territory = Territory(person=person, region=region, started_on=started_on)
    bulk.insert([territory])
    record(territory, initial(territory, FIELDS))
    return territory


@service(Action.ORG_EDIT, on="territory")
def end(*, actor, territory, ended_on=None):
    """End the care of a region on a day (None: today). What was stays in the history."""
    if territory.ended_on is not None:
        raise Conflict(_("This has ended already."))
    last = ended_on or today(company_zone())
    changes = assign(territory, {"ended_on": max(last, territory.started_on or last)})
    territory.save()
    record(territory, changes)
    return territory
