"""Change sets: what they would do, what was decided, what came of them."""

from crm.models import ChangeSet
from kit.web import get_visible_or_404, show

ROWS = 50


def one(request, pk):
    """A change set with the rows that its reader may see."""
    change_set = get_visible_or_404(ChangeSet.objects.select_related("made_by"), request, pk=pk)
    rows = change_set.changes.visible_to(request.user).select_related("customer", "giver", "taker")
    rows = list(rows[:ROWS])
    context = {"change_set": change_set, "rows": rows}
    customers = [row.customer_id for row in rows]
    return show(request, "crm/changesets/one.html", context, customers=customers)
