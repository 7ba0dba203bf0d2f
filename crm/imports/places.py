"""Regions, industries and units that a file names, made where they are not there."""

from django.utils.functional import cached_property

from accounts.models import Person, Unit
from accounts.selectors.org import home_unit
from accounts.services import org
from crm.models import Industry, Region
from kit import names
from kit.dates import start_of_day


class Places:
    """The part of a run that knows where things belong; a mixin of `Run`."""

    @cached_property
    def regions(self):
        """(parent, folded name) → id of every region."""
        rows = Region.objects.values_list("parent_id", "name", "name_zh", "pk").order_by("-pk")
        found = {}
        for parent, name, chinese, pk in rows:
            found[parent, names.fold(name)] = pk
            if chinese:
                found[parent, names.fold(chinese)] = pk
        return found

    def region(self, path, item):
        """The region at the end of a path of names, made as far as it is not there."""
        parent = None
        for name in path:
            name = name[:80]
            pk = self.regions.get((parent, names.fold(name)))
            if pk is None:
                made = Region.objects.create(parent_id=parent, name=name, name_zh=chinese(name))
                pk = self.regions[parent, names.fold(name)] = made.pk
                item.made.append(("crm.region", pk))
            parent = pk
        return parent

    @cached_property
    def industries(self):
        rows = Industry.objects.values_list("name", "name_zh", "pk").order_by("-pk")
        return {names.fold(word): pk for name, zh, pk in rows for word in (name, zh) if word}

    def industry(self, name, item):
        """The industry of this name, made where it is not there."""
        name = name[:80]
        pk = self.industries.get(names.fold(name))
        if pk is None:
            made = Industry.objects.create(name=name, name_zh=chinese(name))
            pk = self.industries[names.fold(name)] = made.pk
            item.made.append(("crm.industry", pk))
        return pk

    @cached_property
    def root(self):
        """The unit on top; an empty installation gets it here."""
        top = Unit.objects.filter(parent=None).first()
        if top is None:
            values = {"name": self.company.name, "name_zh": self.company.name_zh}
            values |= {"kind": Unit.Kind.COMPANY, "function": Unit.Function.OFFICE}
            top = org.create_unit(actor=Person.objects.system(), parent=None, values=values)
        return top

    @cached_property
    def home(self):
        """The unit that answers for what nobody holds: that of who imports, else the top."""
        return home_unit(self.actor) or self.root

    def start(self, day):
        """The first instant of a day, where the company is."""
        return start_of_day(day, self.zone)


def chinese(name):
    """The name again where it is Chinese."""
    return name if names.HAN.search(name) else ""
