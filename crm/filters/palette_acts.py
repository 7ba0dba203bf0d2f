"""Acts of the palette at customers: those of the page below, and the verbs log, task, transfer."""

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, can
from crm.access import Reaches, sight_of
from crm.filters import customers as lists
from crm.filters.palette import Entry, customer, source, verb
from crm.models import Customer
from crm.selectors import palette as rows
from kit.addresses import address_of

LOG, TASK, TRANSFER = gettext_lazy("Log visit"), gettext_lazy("New task"), gettext_lazy("Transfer")


# -- verbs ---------------------------------------------------------------------------------------
def targets(asked, action):
    """Said of the customers that the words hit and that the action may be done to."""
    found = rows.found(asked.person, asked.words, kinds=("customers",), action=action)
    return [row.said for row in found]


@verb(("log", "记"), gettext_lazy("Log a visit at a customer"), "log",
      lambda person: can(person, Action.ACTIVITY_LOG))  # fmt: skip
def log(asked):
    return [log_at(said) for said in targets(asked, Action.ACTIVITY_LOG)]


@verb(("task", "任务"), gettext_lazy("A task at a customer"), "calendar",
      lambda person: can(person, Action.ACTIVITY_LOG))  # fmt: skip
def task(asked):
    text = _("New task at %(name)s")
    return [at(said, text, address_of("crm:task-new", said["id"]), "calendar")
            for said in targets(asked, Action.ACTIVITY_LOG)]  # fmt: skip


@verb(("transfer", "移交"), gettext_lazy("Transfer a customer"), "assign",
      lambda person: can(person, Action.SEAT_ASSIGN))  # fmt: skip
def transfer(asked):
    return [at(said, _("Transfer %(name)s"), transfer_url(said["id"]), "assign")
            for said in targets(asked, Action.SEAT_ASSIGN)]  # fmt: skip


def at(said, text, url, icon):
    """An act at a customer that was found."""
    known = customer(said)
    return Entry(text % {"name": said["name"]}, url, icon, known.note, said["id"], said["tier"],
                 customers=(said["id"],))  # fmt: skip


def log_at(said):
    """Logging a visit at a customer: the sheet where scripts run, else its page."""
    url = f"{reverse('crm:log')}?customer={said['id']}"
    entry = at(said, _("Log visit at %(name)s"), url, "log")
    entry.opens = "log-sheet"
    entry.about = {"customer": said["id"], "customer-name": said["name"]}
    return entry


def transfer_url(pk):
    return f"{reverse('crm:transfer-new')}?customer={pk}"


# -- the page below ------------------------------------------------------------------------------
ACTS = (
    # URL or function(key), label, icon, action
    ("crm:customer-edit", gettext_lazy("Edit"), "doc", Action.CUSTOMER_EDIT),
    ("crm:contact-new", gettext_lazy("New contact"), "plus", Action.CUSTOMER_EDIT),
    ("crm:task-new", TASK, "calendar", Action.ACTIVITY_LOG),
    (transfer_url, TRANSFER, "assign", Action.SEAT_ASSIGN),
    ("crm:customer-shares", gettext_lazy("Share"), "key", Action.SHARE_GRANT),
    ("crm:customer-timeline", gettext_lazy("Timeline"), "clock", None),
    ("crm:customer-map", gettext_lazy("Map"), "thread", None),
    ("crm:customer-trade", gettext_lazy("Orders and payments"), "money", Action.TRADE_VIEW),
    ("crm:customer-ownership", gettext_lazy("Ownership"), "assign", Action.SEAT_HISTORY),
    ("crm:customer-man", gettext_lazy("MAN: money, authority, need"), "flag", None),
    ("crm:customer-depth", gettext_lazy("How deep the relations are"), "handshake", None),
    ("crm:customer-dates", gettext_lazy("Important dates"), "today", None),
    ("crm:customer-documents", gettext_lazy("Documents"), "file", None),
    ("crm:customer-document-new", gettext_lazy("Add a document"), "plus", Action.CUSTOMER_EDIT),
    ("crm:customer-tier", gettext_lazy("Why this tier"), "sort", None),
    ("crm:customer-contributions", gettext_lazy("Who made this customer"), "team", None),
)


@source("here")
def of_customer(asked):
    """What may be done to the customer whose page is below."""
    pk = below(asked.page)
    known = pk and allowed(asked.person, pk)
    if not known:
        return []
    name, powers = known
    about = {"customer": pk, "customer-name": name}
    first = Entry(_("Log visit at %(name)s") % {"name": name},
                  f"{reverse('crm:log')}?customer={pk}", "log", keys=LOG, opens="log-sheet",
                  about=about, customers=(pk,))  # fmt: skip
    acts = [Entry(label, to(pk) if callable(to) else address_of(to, pk), icon, name, customers=(pk,))
            for to, label, icon, action in ACTS if action is None or action in powers]  # fmt: skip
    return [first, *acts] if Action.ACTIVITY_LOG in powers else acts


def below(page):
    """The key of the customer that a page is about, or None."""
    if page is None or not page.route.startswith("customers/<int:"):
        return None
    return page.kwargs.get("pk") if "pk" in page.kwargs else page.kwargs.get("customer")


def allowed(person, pk):
    """(name of the customer, the actions of ACTS that `person` may do to it), or None: not seen."""
    given, asked = set(), {}
    for action in {Action.ACTIVITY_LOG, *(row[3] for row in ACTS if row[3])}:
        sight = sight_of(person, action)
        if sight.everything:
            given.add(action)
        elif not sight.nothing:
            asked[action.name] = Reaches(F("pk"), sight)
    row = Customer.objects.visible_to(person).filter(pk=pk).values("name", **asked).first()
    if row is None:
        return None
    return row.pop("name"), given | {Action[name] for name, yes in row.items() if yes}


@source("views")
def of_the_list(asked):
    """The views of the list of customers that everybody has."""
    if not asked.words or not can(asked.person, Action.CUSTOMER_VIEW):
        return []
    return [Entry(label, f"{reverse('crm:customers')}?view={name}", "customers")
            for name, label in lists.views_for(asked.person).items()]  # fmt: skip
