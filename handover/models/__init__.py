"""Moving customers between people without losing them."""

from handover.models.cases import BriefAnswer, Waiver
from handover.models.departures import CustomerHandover, Departure, HandoverTask
from handover.models.documents import HandoverDocument, HeldThing
from handover.models.emergency import EmergencyCall, Freeze, Incident
from handover.models.follow_ups import FollowUp
from handover.models.interviews import ExitInterview
from handover.models.knowledge import ApprenticeStep, TeamTalk, WriteUp
from handover.models.other_seats import SeatHandover
from handover.models.rotation import FileGap, RotationExemption, RotationReminder
from handover.models.sign_offs import SignOff

__all__ = [
    "ApprenticeStep",
    "BriefAnswer",
    "CustomerHandover",
    "Departure",
    "EmergencyCall",
    "ExitInterview",
    "FileGap",
    "FollowUp",
    "Freeze",
    "HandoverDocument",
    "HandoverTask",
    "HeldThing",
    "Incident",
    "RotationExemption",
    "RotationReminder",
    "SeatHandover",
    "SignOff",
    "TeamTalk",
    "Waiver",
    "WriteUp",
]
