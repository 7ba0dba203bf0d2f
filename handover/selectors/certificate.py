"""The certificate of a handover: what it says in both languages, and its list."""

from dataclasses import dataclass, field

from django.db.models import Sum

from accounts.access import Action, Reach, Role, reach
from accounts.models import Company
from accounts.selectors.content import content, said
from crm.models import Activity, Contact
from handover import gates
from handover.models import CustomerHandover, HandoverDocument, HandoverTask
from handover.selectors import sign_offs
from handover.selectors.dealings import dealt_with
from kit.dates import company_zone
from kit.templatetags.words import chinese, day_words, shown_name

LANGUAGES = ("en", "zh-hans")


@dataclass
class Line:
    """One customer of the certificate: contacts with names where the viewer sees them, else a number."""

    handover: CustomerHandover
    contacts: list = field(default_factory=list)
    keys: set = field(default_factory=set)  # of all contacts, seen or not

    @property
    def number(self):
        return len(self.keys)


@dataclass
class Paper:
    """All that the certificate shows."""

    titles: list
    texts: list
    lines: list
    slots: list
    open: list
    results: dict


def paper(person, departure):
    """The certificate of a case as a person may read it."""
    slots = [slot for slot in sign_offs.slots(departure)
             if slot.signer in content("departure")["certificate"]["signatures"]]  # fmt: skip
    still = still_open(departure)
    words = content("departure")["certificate"]
    return Paper(
        titles=[said(words["title"], language) for language in LANGUAGES],
        texts=[text(departure, language, len(still)) for language in LANGUAGES],
        lines=lines(person, departure), slots=slots, open=still,
        results=results(person, departure),
    )  # fmt: skip


def text(departure, language, open_items):
    """The sentence of the certificate in one language, its places filled in."""
    from django.utils.translation import override

    with override(language):
        values = places(departure, open_items, "、" if chinese() else ", ")
    return said(content("departure")["certificate"]["text"], language).format_map(Given(values))


class Given(dict):
    """What is filled in; a place that the company invented stays as it is."""

    def __missing__(self, key):
        return "{" + key + "}"


def places(departure, open_items, comma):
    """What stands in the places of the text, in the language that is active."""
    company = Company.objects.get(pk=1)
    things = departure.things.filter(done_at__isnull=False)
    person, begun = departure.person, departure.opened_at or departure.made_at
    documents = departure.documents.filter(
        state__in=[HandoverDocument.State.RECEIVED, HandoverDocument.State.ON_PAPER]
    )
    return {
        "company": (company.name_zh if chinese() else "") or company.name,
        "person": shown_name(person), "post": person.title or post_of(person),
        "start": day_words(begun.astimezone(company_zone()).date()),
        "end": day_words(departure.last_day),
        "customers": departure.customers.count(), "documents": documents.count(),
        "channels": things.filter(kind="channel").count(),
        "assets": things.filter(kind="asset").count(),
        "successors": comma.join(map(shown_name, sign_offs.successors(departure))) or "–",
        "witness": shown_name(departure.witness) if departure.witness else "–",
        "open_items": open_items,
    }  # fmt: skip


def post_of(person):
    """What somebody without a title does here, by the first role."""
    return str(Role(person.roles[0]).label) if person.roles else "–"


def still_open(departure):
    """What is open when the certificate is issued: blocking tasks and what a case asks for."""
    names = set(gates.GATES) - {"sign_offs"}
    return [one for one in gates.unmet(departure, names)
            if not (one.task and one.task.key in sign_offs.OF_SIGNING)]  # fmt: skip


def lines(person, departure):
    """A Line per customer that the viewer sees, with the contacts whom the leaver dealt with there."""
    rows = CustomerHandover.objects.visible_to(person).filter(departure=departure)
    rows = list(rows.select_related("customer", "successor").order_by("place", "pk"))
    met = dealt_with(departure.person_id, [row.customer_id for row in rows])
    ids = set().union(*met.values())
    known = Contact.objects.visible_to(person).in_bulk(ids) if ids else {}
    return [
        Line(row, [known[pk] for pk in sorted(met[row.customer_id]) if pk in known],
             met[row.customer_id])
        for row in rows
    ]  # fmt: skip


def results(person, departure):
    """The statement of results: what was done for these customers; money for who sees it all."""
    ids = list(departure.customers.values_list("customer", flat=True))
    done = Activity.objects.filter(author=departure.person, customer__in=ids)
    figures = {
        "visits": done.filter(kind="visit").count(),
        "activities": done.count(),
        "tasks": HandoverTask.objects.filter(departure=departure, state="done").count(),
        "joined_on": departure.person.joined_on,
    }
    if person.pk == departure.person_id or reach(person, Action.TRADE_VIEW) > Reach.OWN:
        figures["value"] = departure.customers.aggregate(sum=Sum("value"))["sum"] or 0
    return figures
