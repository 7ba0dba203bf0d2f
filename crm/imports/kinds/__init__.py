"""What can be imported, by its name."""

from crm.imports.kinds.customers import Customers

KINDS = {kind.name: kind for kind in (Customers(),)}
