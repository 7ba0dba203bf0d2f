"""Moving customers between people without losing them."""

from handover.models.cases import BriefAnswer, Waiver
from handover.models.departures import CustomerHandover, Departure, HandoverTask
from handover.models.emergency import EmergencyCall, Freeze, Incident

__all__ = [
    "BriefAnswer",
    "CustomerHandover",
    "Departure",
    "EmergencyCall",
    "Freeze",
    "HandoverTask",
    "Incident",
    "Waiver",
]
