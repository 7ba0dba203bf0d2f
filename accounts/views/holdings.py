"""What a person holds: everything that names them, by what becomes of it when they go."""

from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import Action, Reach, reach
from accounts.selectors import holdings, people
from kit.registry import Held
from kit.web import get_visible_or_404, show

WORDS = {  # title of the group, and what it means
    Held.TRANSFER: (_("To hand over"), _("Somebody else takes these.")),
    Held.CLOSE: (_("To close"), _("These end with the person.")),
    Held.REVOKE: (_("To take away"), _("Access and ways to sign in.")),
    Held.HISTORY: (_("Stays as history"), _("Facts that nobody changes.")),
}


@require_safe
def index(request, pk):
    """Counts of all that a person holds, with links to the lists the viewer may open."""
    person = get_visible_or_404(people.directory(), request, Action.EXPOSURE_VIEW, pk=pk)
    groups = [
        {
            "title": WORDS[becomes][0], "note": WORDS[becomes][1], "full": full, "empty": empty,
            "open": sum(line.open for line in full), "is_history": becomes == Held.HISTORY,
        }
        for becomes, full, empty in holdings.grouped(holdings.held_by(person, request.user))
    ]  # fmt: skip
    context = {
        "person": person, "groups": groups,
        "counts_all": reach(request.user, Action.EXPOSURE_VIEW) == Reach.ALL,
    }  # fmt: skip
    return show(request, "accounts/holdings/index.html", context)
