"""Moving customers between people without losing them."""

from handover.models.cases import BriefAnswer, Waiver
from handover.models.departures import CustomerHandover, Departure, HandoverTask

__all__ = ["BriefAnswer", "CustomerHandover", "Departure", "HandoverTask", "Waiver"]
