"""The seats of a leaver besides those of account manager: who takes each, and why."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.seats import Seat
from handover.scopes import OwnPartScope
from kit.history import history
from kit.registry import Held, Holding
from kit.scoping import ScopedManager
from kit.subjects import Tells


@history()
class SeatHandover(models.Model):
    """One seat of a leaver as backup, of the service line or in a key-account team.

    Nobody as the successor: the seat ends empty, and a team goes on without the leaver.
    """

    departure = models.ForeignKey("handover.Departure", models.PROTECT, related_name="seats")
    customer = models.ForeignKey("crm.Customer", models.PROTECT, related_name="+")
    seat = models.CharField(max_length=20, choices=Seat)
    successor = models.ForeignKey(
        "accounts.Person", models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.JSONField(default=dict)  # codes of the proposal, as of CustomerHandover
    change = models.ForeignKey("crm.Change", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    held = {
        "successor": Holding(
            Held.TRANSFER, _("Other seats to take over"), open=Q(departure__state="open")
        )
    }
    tells = {"customer": Tells(_("Handovers of other seats"))}
    scope = OwnPartScope("departure")
    objects = ScopedManager()

    class Meta:
        ordering = ["seat", "customer"]
        constraints = [
            models.UniqueConstraint(
                fields=["departure", "customer", "seat"], name="seat_handover_once"
            ),
            models.CheckConstraint(
                condition=~Q(seat=Seat.ACCOUNT_MANAGER), name="seat_handover_other"
            ),
        ]
