"""Customers belong to the company; people hold dated seats to look after them."""

from crm.models.access import CustomerAccess, Share
from crm.models.activities import Activity, ActivityContact, ActivityVisitor
from crm.models.capacity import Capacity, OwnershipRules
from crm.models.changesets import Change, ChangeSet
from crm.models.contacts import Contact, ContactChannel, Position
from crm.models.contributions import Contribution
from crm.models.customer_documents import Document, DocumentFile
from crm.models.customer_file import Completeness, Fact
from crm.models.customers import Customer, Industry, Region
from crm.models.depth import Depth
from crm.models.erasure import Erasure, Hold
from crm.models.exams import Exam
from crm.models.important_dates import DateReminder, ImportantDate
from crm.models.imports import Import, ImportRow, SourceKey
from crm.models.late_visits import LateVisit
from crm.models.links import Link
from crm.models.ownership import Assignment
from crm.models.private_file import PrivateFact, PrivateSwitch
from crm.models.qualification import Finding
from crm.models.questions import SkippedQuestion
from crm.models.saved_views import SavedView, Selection, StartView
from crm.models.tasks import Task
from crm.models.territories import Territory
from crm.models.tiers import TierOverride, TierScore
from crm.models.trade import Order, OrderLine, Payment, Rate

__all__ = [
    "Activity", "ActivityContact", "ActivityVisitor", "Assignment", "Capacity", "Change", "ChangeSet", "Completeness",
    "Contact", "ContactChannel", "Contribution", "Customer", "CustomerAccess", "DateReminder", "Depth", "Document", "DocumentFile", "Erasure", "Exam", "Fact", "Finding", "Hold", "Import", "ImportRow", "ImportantDate", "Industry", "LateVisit", "Link",
    "Order", "OrderLine", "OwnershipRules", "Payment", "Position", "PrivateFact", "PrivateSwitch", "Rate", "Region", "SavedView", "Selection", "Share", "SkippedQuestion",
    "SourceKey", "StartView", "Task", "Territory",
    "TierOverride", "TierScore",
]  # fmt: skip
