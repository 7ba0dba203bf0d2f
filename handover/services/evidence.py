"""Taking the evidence of a closed case: every time is written down with the digest of what was taken."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from handover.models import Departure
from handover.selectors import evidence as shapes
from kit.errors import Conflict


@service(Action.EVIDENCE_TAKE, on="departure")
def take(*, actor, departure):
    """Make the evidence pack of a closed case. Returns (the ZIP in bytes, keys of its customers).

    Raises Conflict while the case is open, or while its last entries in the trail have no link.
    """
    if departure.state != Departure.State.CLOSED:
        raise Conflict(_("This case is not closed."))
    try:
        content, manifest, customers = shapes.pack(actor, departure)
    except shapes.Unsealed:
        text = _("The last entries of the trail are not sealed yet. Try again in a minute.")
        raise Conflict(text) from None
    record(departure, {"manifest": (None, manifest)})
    return content, customers
