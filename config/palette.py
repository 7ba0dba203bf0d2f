"""The palette goes to the places of the frame, does what any page can do, and helps."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, can
from config.shell import PLACES, useful
from crm.filters.palette import Entry, source
from crm.filters.palette_acts import LOG, below

OWN = {
    "accounts:inbox": (_("Inbox"), "inbox"),
    "accounts:profile": (_("Profile"), "person"),
    "accounts:sessions": (_("Where you are signed in"), "screen"),
    "accounts:tokens": (_("API tokens"), "key"),
}


@source("here")
def anywhere(asked):
    """What may be done from any page; behind what the page itself offers."""
    found = []
    if can(asked.person, Action.ACTIVITY_LOG) and not below(asked.page):
        found.append(Entry(LOG, reverse("crm:log"), "log", opens="log-sheet"))
    if can(asked.person, Action.CUSTOMER_CREATE):
        found.append(Entry(_("New customer"), reverse("crm:customer-new"), "plus"))
    return found


@source("places")
def places(asked):
    """The entries of the rail that this person has a use for, and what is one's own."""
    if not asked.words:
        return []
    rail = [(name, *PLACES[name][:2]) for name in PLACES if useful(asked.person, name)]
    own = [(name, *row) for name, row in OWN.items()]
    return [Entry(label, reverse(name), icon) for name, label, icon in [*rail, *own]]


@source("help")
def shortcuts(asked):
    """The sheet of keys."""
    return [Entry(_("Keyboard shortcuts"), "#shortcuts", "keyboard", opens="shortcuts")]
