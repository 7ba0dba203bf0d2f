"""Customers come into being and change."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import Action, Role
from accounts.audit import assign, record
from accounts.models import Person, Unit
from accounts.selectors.org import home_unit
from accounts.service import service
from crm.models import Customer
from crm.seats import Reason, Seat
from crm.services import access_index, ownership
from kit import crypto
from kit.errors import Conflict, Refused
from kit.models import SubjectKey

EDITABLE = {"name", "legal_name", "status", "region", "industry", "address"}
CREATED_WITH = EDITABLE | {"kind", "tier", "origin", "origin_person"}


@service(Action.CUSTOMER_CREATE, people=("manager",))
def create(*, actor, values, manager=None):
    """Create a customer of the company; its first account manager is the rep, or `manager`.

    values: fields of CREATED_WITH. Returns the customer.
    """
    values = only(values, CREATED_WITH)
    if not (values.get("name") or "").strip():
        raise Refused(_("Enter the short name"), field="name")
    manager = manager or (actor if Role.REP in actor.roles else None)
    unit = home_unit(manager or actor) or Unit.objects.filter(parent=None).first()
    customer = Customer(home_unit=unit, **values)
    if customer.kind == Customer.Kind.PERSON:
        customer.key = SubjectKey.objects.create(wrapped=crypto.new_key())
    customer.save(force_insert=True)
    record(customer, {name: (None, value) for name, value in values.items() if value},
           customer=customer, key=customer.key, personal=personal(customer))  # fmt: skip
    if manager is not None:
        if manager.state != Person.State.ACTIVE:
            raise Refused(_("This person cannot receive customers now."), field="manager")
        ownership.put(actor, customer, Seat.ACCOUNT_MANAGER, manager, Reason.NEW)
    else:
        access_index.recompute([customer.pk])
    return customer


@service(Action.CUSTOMER_EDIT, on="customer")
def edit(*, actor, customer, values, version):
    """Change fields of a customer. `version` is what the editor saw; another one is a Conflict."""
    if version != customer.version:
        raise Conflict(_("Somebody else changed this meanwhile. Choose which to keep."))
    values = only(values, EDITABLE)
    if "name" in values and not values["name"].strip():
        raise Refused(_("Enter the short name"), field="name")
    changes = assign(customer, values)
    customer.version += bool(changes)
    customer.save()
    record(customer, changes, customer=customer, key=customer.key, personal=personal(customer))
    if changes.keys() & {"name", "legal_name"}:
        access_index.recompute([customer.pk])
    return customer


@service(Action.CUSTOMER_TIER, on="customer")
def set_tier(*, actor, customer, tier):
    """Set the tier by hand; the reason is in the trail."""
    changes = assign(customer, {"tier": Customer.Tier(tier)})
    if not changes:
        raise Refused(_("This is the tier already."), field="tier")
    customer.version += 1
    customer.save()
    record(customer, changes, customer=customer)
    return customer


def only(values, allowed):
    """Refuse fields that this verb does not take, whoever sends them."""
    strange = set(values) - allowed
    if strange:
        raise Refused(_("This field cannot be set here: %(name)s") % {"name": sorted(strange)[0]})
    return values


def personal(customer):
    """The fields of a private person are personal; those of an organisation are not."""
    return Customer.personal if customer.kind == Customer.Kind.PERSON else ()


def known_elsewhere(legal_name, customers):
    """Customers with exactly this legal name among `customers` (any case, any width)."""
    name = legal_name.strip()
    return customers.filter(Q(legal_name__iexact=name)) if name else customers.none()
