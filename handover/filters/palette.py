"""The palette asks what depends on somebody: "if li", "若 李"."""

from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.access import Action, can
from accounts.models import Person
from crm.filters.palette import Entry, named, source, verb
from crm.selectors import palette as rows
from kit.addresses import address_of

IF = gettext_lazy("If %(name)s left tomorrow")


@verb(("if", "若"), gettext_lazy("What depends on somebody"), "door",
      lambda person: can(person, Action.EXPOSURE_VIEW))  # fmt: skip
def if_left(asked):
    """Colleagues whose departure this person may look at."""
    seen = Person.objects.visible_to(asked.person, Action.EXPOSURE_VIEW)
    return [entry(asked.person, said) for _kind, said in rows.named(seen, asked.words)]


def entry(person, said):
    own = said["id"] == person.pk
    url = reverse("handover:readiness") if own else address_of("handover:exposure", said["id"])
    return Entry(IF % {"name": named(said)}, url, "door", said["title"], said["id"])


@source("here")
def of_person(asked):
    """What depends on the person whose page is below."""
    page = asked.page
    if page is None or not page.route.startswith("people/<int:"):
        return []
    pk = page.kwargs.get("pk") or page.kwargs.get("person")
    seen = Person.objects.visible_to(asked.person, Action.EXPOSURE_VIEW).filter(pk=pk)
    fields = ("id", "name", "latin_name", "title")
    return [entry(asked.person, said) for said in seen.values(*fields)]
