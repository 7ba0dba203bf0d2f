"""What can be imported, by its name."""

from crm.imports.kinds.activities import Activities
from crm.imports.kinds.contacts import Contacts, Relations
from crm.imports.kinds.customers import Customers
from crm.imports.kinds.people import Employees, Teams
from crm.imports.kinds.places import Regions, Territories
from crm.imports.kinds.seats import Seats
from crm.imports.kinds.trade import OrderLines, Orders, Payments

# In the order in which files that refer to each other are imported.
KINDS = {
    kind.name: kind
    for kind in (
        Employees(), Teams(), Regions(), Territories(), Customers(), Contacts(), Relations(), Seats(),
        Activities(), Orders(), OrderLines(), Payments(),
    )
}  # fmt: skip
