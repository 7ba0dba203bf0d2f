"""Customers come into being and change."""

from functools import wraps

from django.db import connection
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import Action, Reach, Role, can, reach
from accounts.audit import assign, initial, record, record_many
from accounts.models import Person, Unit
from accounts.selectors.org import home_unit, people_led_by
from accounts.service import clean, lock, only, service
from crm.models import Customer
from crm.seats import Reason, Seat
from crm.services import access_index, completeness, duplicates, ownership
from crm.services.erased import refuse_erased
from kit import bulk, names
from kit.errors import Refused
from kit.locks import hold_off
from kit.once import DoneAlready, first_of
from kit.versions import same_version

EDITABLE = {"name", "legal_name", "status", "region", "industry", "address", "parent"}
CREATED_WITH = EDITABLE | {"kind", "tier", "origin", "origin_person"}
NAMES = {"name", "legal_name"}
KEYS = {"sort_key", "search_key", "grams", "former_names"}  # derived from them
BROUGHT_BY = {Customer.Origin.REFERRAL, Customer.Origin.BROUGHT}


def entered_once(verb):
    """Make a creating verb answer the same form once, and count its checks for duplicates.

    Both stand outside the verb's transaction: a refusal must not give the check back.
    """

    @wraps(verb)
    def enter(*, actor, client_uuid=None, **given):
        known = client_uuid and Customer.objects.filter(client_uuid=client_uuid).first()
        if known:
            return own_entry(actor, known)
        duplicates.spend(actor, given["values"].get("legal_name"))
        try:
            return verb(actor=actor, client_uuid=client_uuid, **given)
        except DoneAlready as done:
            return own_entry(actor, done.row)

    return enter


def new_names_counted(verb):
    """Make a changing verb count its check for duplicates, outside its transaction as above."""

    @wraps(verb)
    def rename(*, actor, customer, values, **given):
        if is_new_legal_name(customer, values):
            duplicates.spend(actor, values["legal_name"])
        return verb(actor=actor, customer=customer, values=values, **given)

    return rename


def own_entry(actor, customer):
    """The customer a form made before; a form of somebody else made nothing here."""
    if not can(actor, None, customer):
        raise Http404
    return customer


@entered_once
@service(Action.CUSTOMER_CREATE, people=("manager",))
def create(*, actor, values, manager=None, client_uuid=None, anyway=False):
    """Create a customer of the company; its first account manager is the rep, or `manager`.

    values: fields of CREATED_WITH. client_uuid: sent twice, it creates one customer. anyway: the
    actor was told that the customer may be known. Returns the customer. Raises Refused at
    `legal_name` or `name` with the codes of crm.services.duplicates, OverBudget, Conflict.
    """
    first_of(Customer, client_uuid)
    may_tier(actor, values)
    if values.get("parent") is not None:
        may_belong(actor, values["parent"])
    customer = Customer(client_uuid=client_uuid, **sound(values))
    others = duplicates.check(actor, customer, anyway)
    manager = manager or (lock(actor, shared=True) if Role.REP in actor.roles else None)
    may_give_to(actor, manager)
    unit = home_unit(manager or actor) or Unit.objects.filter(parent=None).first()
    customer.home_unit = unit
    with access_index.together():
        insert([customer])
        if manager is not None:
            ownership.put(actor, customer, Seat.ACCOUNT_MANAGER, manager, Reason.NEW)
    completeness.count([customer.pk])
    duplicates.dispute(customer, others)
    return customer


def insert(customers, when=None):
    """Write new customers inside a running verb, without asking again who may. Returns them.

    customers: unsaved, with values as `sound` lets them pass and the unit that answers for them.
    when: the instant each is claimed for, a function of the customer; None is now.
    """
    bulk.give_keys([one for one in customers if one.kind == Customer.Kind.PERSON])
    bulk.insert(customers)
    told([(one, initial(one, CREATED_WITH)) for one in customers], when)
    access_index.recompute([one.pk for one in customers])
    return customers


@new_names_counted
@service(Action.CUSTOMER_EDIT, on="customer")
def edit(*, actor, customer, values, version, anyway=False):
    """Change fields of a customer. `version` is what the editor saw; another one is a Conflict.

    A new legal name is checked as at `create`, and `anyway` means the same.
    """
    same_version(customer, version)
    others = []
    values = with_parent(actor, customer, values)
    if is_new_legal_name(customer, values):
        others = duplicates.check_legal_name(actor, values["legal_name"], anyway, but=customer.pk)
    if not change([(customer, only(values, EDITABLE))]):
        record(customer, customer=customer)
    completeness.count([customer.pk])
    duplicates.dispute(customer, others)
    return customer


def change(pairs, when=None):
    """Change customers inside a running verb; returns (customer, changes) of those that differ.

    pairs: a customer, locked by the caller, and field → new value. when: see `insert`.
    """
    changed = []
    for customer, values in pairs:
        refuse_erased(customer)
        if changes := assign(customer, values):
            named(customer)
            clean(customer, values)
            customer.version += 1
            customer.was_called(*(changes[name][0] for name in sorted(NAMES & changes.keys())))
            customer.set_keys()
            changed.append((customer, changes))
    fields = {name for _one, changes in changed for name in changes}
    bulk.update([one for one, _changes in changed], sorted(fields | KEYS | {"version"}))
    told(changed, when)
    access_index.recompute([one.pk for one, changes in changed if changes.keys() & NAMES])
    return changed


def told(changed, when=None):
    """The entries about customers: personal values of private persons under their own key."""
    record_many([
        {"subject": one, "changes": changes, "customer": one, "key": one.key,
         "personal": personal(one), "happened_at": when and when(one)}
        for one, changes in changed
    ])  # fmt: skip


# -- rules -----------------------------------------------------------------------------------------
def may_tier(actor, values):
    """New customers start at C, unless their tier is given by who may set it by hand."""
    if values.get("tier", Customer.Tier.C) != Customer.Tier.C and not can(
        actor, Action.CUSTOMER_TIER
    ):
        raise Refused(_("The tier is set by who leads the team."), field="tier")


def with_parent(actor, customer, values):
    """The values, their firm above looked at; one that the actor does not see is not taken away."""
    if values.get("parent") is not None and values["parent"].pk != customer.parent_id:
        may_belong(actor, values["parent"], customer)
    taken = customer.parent if values.get("parent", customer) is None else None
    if taken is not None and not can(actor, None, taken):
        return {name: value for name, value in values.items() if name != "parent"}
    return values


def may_belong(actor, parent, customer=None):
    """A customer belongs to one that the actor sees, and never to itself, also not through others."""
    if not can(actor, None, parent):
        raise Refused(_("No customer of this name that you see"), field="parent")
    if customer is None:
        return
    hold_off("customer parents")  # two firms must not take each other at once
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [parent.pk, customer.pk])
        if cursor.fetchone()[0]:
            text = _("A customer cannot belong to itself, also not through others.")
            raise Refused(text, field="parent")


# Whether the second customer is the first one or stands above it.
ABOVE = """
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM crm_customer WHERE id = %s
        UNION SELECT c.id, c.parent_id FROM crm_customer c JOIN above ON c.id = above.parent_id
    ) SELECT EXISTS (SELECT 1 FROM above WHERE id = %s)
"""


def is_new_legal_name(customer, values):
    """Whether the values give the customer a legal name of which it may have a double."""
    name = values.get("legal_name", customer.legal_name)
    return names.bare(name) != names.bare(customer.legal_name)


def may_give_to(actor, manager):
    """A rep takes the customer; who leads people may give it to one of them who can receive it."""
    if manager is None:
        return
    if manager.state != Person.State.ACTIVE:
        raise Refused(_("This person cannot receive customers now."), field="manager")
    if manager.pk == actor.pk or reach(actor, Action.SEAT_ASSIGN) == Reach.ALL:
        return
    if reach(actor, Action.SEAT_ASSIGN) < Reach.TEAM or manager.pk not in people_led_by(actor):
        raise Refused(_("Choose one of your own people"), field="manager")


def sound(values):
    """The values of a new customer, or Refused at the first that is wrong."""
    values = only(values, CREATED_WITH)
    customer = Customer(**values)
    named(customer)
    clean(customer, values)
    if customer.origin == Customer.Origin.REFERRAL and customer.origin_person_id is None:
        raise Refused(_("Name the colleague who referred the customer"), field="origin_person")
    if customer.origin not in BROUGHT_BY and customer.origin_person_id is not None:
        raise Refused(_("Only a referral names a colleague"), field="origin_person")
    return values


def named(customer):
    if not (customer.name or "").strip():
        raise Refused(_("Enter the short name"), field="name")


def personal(customer):
    """The fields of a private person are personal; those of an organisation are not."""
    return Customer.personal if customer.kind == Customer.Kind.PERSON else ()
