"""Moving customers between people without losing them."""

from handover.models.departures import CustomerHandover, Departure, HandoverTask

__all__ = ["CustomerHandover", "Departure", "HandoverTask"]
