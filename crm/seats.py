"""The seats of a customer, and the coded reasons of a change. Words only, no models."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Seat(TextChoices):
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    BACKUP = "backup", _("Backup")
    SERVICE_LINE = "service_line", _("Service line")
    KEY_ACCOUNT_MEMBER = "key_account_member", _("Key-account team")


SINGLE_SEATS = [Seat.ACCOUNT_MANAGER, Seat.BACKUP, Seat.SERVICE_LINE]
# Who proposes these is free to name somebody whom they do not lead.
FROM_THE_WHOLE_COMPANY = [Seat.SERVICE_LINE, Seat.KEY_ACCOUNT_MEMBER]


class Duty(TextChoices):
    """What a member of the key-account team is there for."""

    TECHNICAL = "technical", _("Technical")
    COMMERCIAL = "commercial", _("Commercial")
    SPONSOR = "sponsor", _("Executive sponsor")
    DELIVERY = "delivery", _("Delivery")
    OTHER = "other", _("Other duty")


class Reason(TextChoices):
    """Coded reasons of a change of seats."""

    NEW = "new", _("New customer")
    FIRST = "first", _("First assignment")
    WORKLOAD = "workload", _("Balance the load")
    REGION = "region", _("Change of region")
    REQUEST = "request", _("Wish of the customer")
    COVER = "cover", _("Somebody to stand in")
    ORG = "org", _("Change of organisation")
    CORRECTION = "correction", _("Correction of a mistake")
    ROTATION = "rotation", _("Rotation")
    DEPARTURE = "departure", _("Departure")
    IMPORT = "import", _("Import")
    OTHER = "other", _("Other, see the note")
