"""Our people: who they are, what they may do, what they did."""

from accounts.models.agreements import Agreement, AgreementRequest, AgreementSignature
from accounts.models.audit import Anchor, Seal, TrailEntry
from accounts.models.calendar import CalendarDay, Company
from accounts.models.content import Content
from accounts.models.devices import Device
from accounts.models.notifications import Notice
from accounts.models.org import Membership, Unit
from accounts.models.people import Absence, Person
from accounts.models.sessions import ApiToken

__all__ = [
    "Absence", "Agreement", "AgreementRequest", "AgreementSignature", "Anchor", "ApiToken", "CalendarDay", "Company", "Content", "Device", "Membership", "Notice", "Person",
    "Seal", "TrailEntry", "Unit",
]  # fmt: skip
