"""The palette at what the file of a customer holds beside its five parts: MAN, depth, important dates,
tier, documents, who made the customer; and the lists of them.

Each is a verb ("dates hua", "日子 华东") or a place; the acts of the customer's page stand in palette_acts.
"""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, can
from crm.filters.palette import Entry, source, verb
from crm.filters.palette_acts import at, targets
from crm.models import Contact
from kit.addresses import address_of
from kit.templatetags.words import shown_name

# URL, what is typed before a customer, hint, what it leads to, icon
PAGES = (
    ("crm:customer-man", ("man", "判断"), gettext_lazy("MAN of a customer"),
     gettext_lazy("MAN of %(name)s"), "flag"),
    ("crm:customer-depth", ("depth", "关系"), gettext_lazy("How deep the relations with a customer are"),
     gettext_lazy("Relations with %(name)s"), "handshake"),
    ("crm:customer-dates", ("dates", "日子"), gettext_lazy("Important dates of a customer"),
     gettext_lazy("Important dates of %(name)s"), "calendar"),
    ("crm:customer-tier", ("tier", "等级"), gettext_lazy("Why a customer has its tier"),
     gettext_lazy("Why %(name)s has its tier"), "sort"),
    ("crm:customer-documents", ("documents", "资料", "docs"), gettext_lazy("Documents of a customer"),
     gettext_lazy("Documents of %(name)s"), "file"),
    ("crm:customer-contributions", ("made", "贡献"), gettext_lazy("Who made a customer"),
     gettext_lazy("Who made %(name)s"), "team"),
)  # fmt: skip


def sees_customers(person):
    return can(person, Action.CUSTOMER_VIEW)


def lead_to(url, words, hint, text, icon):
    """A verb whose customers are those one sees, each with one of its pages."""

    @verb(words, hint, icon, sees_customers, offered=False)
    def pages(asked):
        return [at(said, text, address_of(url, said["id"]), icon)
                for said in targets(asked, Action.CUSTOMER_VIEW)]  # fmt: skip


for page in PAGES:
    lead_to(*page)


@source("here")
def of_contact(asked):
    """How deep relations with the contact are whose page is below."""
    page = asked.page
    if not asked.words or page is None or not page.route.startswith("contacts/<int:"):
        return []
    seen = Contact.objects.visible_to(asked.person).filter(pk=page.kwargs.get("pk"))
    return [Entry(_("Relations with %(name)s") % {"name": shown_name(one)},
                  address_of("crm:contact-depth", one.pk), "handshake", keys="depth 关系")
            for one in seen]  # fmt: skip


@source("places")
def lists(asked):
    """What comes soon and how tiers are counted: lists that have no entry in the rail."""
    person = asked.person
    if not asked.words:
        return []
    rows = [
        ("crm:important-dates", gettext_lazy("Important dates"), "calendar",
         can(person, Action.ACTIVITY_LOG)),
        ("crm:tiers", gettext_lazy("Formula of the tier"), "sort",
         can(person, Action.CONTENT_EDIT)),
    ]  # fmt: skip
    return [Entry(label, reverse(name), icon) for name, label, icon, useful in rows if useful]
