"""Who looks after which region."""

from dataclasses import dataclass, field

from django.db.models import Q

from crm.models import Region, Territory
from kit.dates import company_zone, today


@dataclass
class Place:
    """A region with the people who look after it; `depth` in the tree of regions."""

    region: Region
    depth: int
    territories: list = field(default_factory=list)


def is_current():
    """The condition of territories that have not ended."""
    return Q(ended_on=None) | Q(ended_on__gt=today(company_zone()))


def current():
    """Territories that have not ended."""
    return Territory.objects.filter(is_current()).select_related("person", "region")


def of_person(person):
    """What a person looks after now."""
    return current().filter(person=person)


def picture():
    """Every region in the order of its tree, with who looks after it: two statements."""
    places = {
        region.pk: Place(region, region.tree_depth) for region in Region.objects.with_tree_fields()
    }
    for territory in current().order_by("person__sort_key"):
        places[territory.region_id].territories.append(territory)
    return list(places.values())
