"""Customers belong to the company; people hold dated seats to look after them."""

from crm.models.access import CustomerAccess, Share
from crm.models.activities import Activity, ActivityContact, ActivityVisitor
from crm.models.contacts import Contact, ContactChannel, Position
from crm.models.customers import Customer, Industry, Region
from crm.models.links import Link
from crm.models.ownership import Assignment

__all__ = [
    "Activity", "ActivityContact", "ActivityVisitor", "Assignment", "Contact", "ContactChannel", "Customer",
    "CustomerAccess", "Industry", "Link", "Position", "Region", "Share",
]  # fmt: skip
