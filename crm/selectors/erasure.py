"""What an erasure would touch, what forbids it, and by which words the person is found in texts."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.apps import apps
from django.db.models import Case, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, can
from crm.models import Contact, Customer, Erasure, Hold, Position, PrivateFact
from crm.models.private_file import Sight
from crm.selectors import private_fields
from kit import subjects
from kit.dates import company_zone, today
from kit.models import SubjectKey

MANY = 100  # on one page
ANSWER_DAYS = 30  # from the day the request came: GDPR art. 12 (3), one month
SHORTEST = {True: 2, False: 4}  # signs of a name that is looked for in texts: of Chinese, of others
HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Whole:
    """All data subjects that go with one erasure, and the customers in whose texts they are named."""

    customers: tuple  # private customers
    contacts: tuple
    around: tuple  # ids of customers

    @property
    def keys(self):
        """(model, keys) of the data subjects."""
        return ((Customer, [one.pk for one in self.customers]),
                (Contact, [one.pk for one in self.contacts]))  # fmt: skip


def whole(subject):
    """The Whole of a contact, or of a private customer with the people known nowhere else."""
    if isinstance(subject, Contact):
        places = Position.objects.filter(contact=subject)
        around = set(places.values_list("customer", flat=True))
        return Whole((), (subject,), tuple(sorted(around)))
    elsewhere = Position.objects.exclude(customer=subject).values("contact")
    own = Contact.objects.filter(positions__customer=subject).exclude(pk__in=elsewhere)
    contacts = own.distinct().order_by("pk").select_related("key")
    return Whole((subject,), tuple(contacts), (subject.pk,))


def words_of(found):
    """Names, numbers and addresses of a Whole as they may stand in texts, the longest first."""
    said = set()
    for model, keys in found.keys:
        names = subjects.tellings(model)[0].tells
        columns = [name for name in (*names.words, *names.gone) if name in ("name", "latin_name", "legal_name")]  # fmt: skip
        for rows in (model._base_manager.filter(pk__in=keys),
                     subjects.history_of(model)._base_manager.filter(pgh_obj_id__in=keys)):  # fmt: skip
            said |= {value for row in rows.values_list(*columns) for value in row}
    for contact in found.contacts:
        for channel in contact.channels.all():
            channel.contact = contact
            said |= written(channel.value)
    personal = [one.id for one in private_fields.fields() if one.guard == Sight.MASKED]
    facts = PrivateFact.objects.filter(customer__in=found.customers, field__in=personal)
    for fact in facts.select_related("key"):
        said |= written(fact.value) if isinstance(fact.value, str) else set()
    return sorted(filter(long_enough, said), key=lambda word: (-len(word), word))


def written(value):
    """The ways in which a number or address may have been typed."""
    digits = re.sub(r"\D", "", value or "")
    ways = {value or ""}
    if (value or "").startswith("+86") and len(digits) >= 13:
        ways |= {digits[2:], f"{digits[2:5]} {digits[5:9]} {digits[9:]}",
                 f"{digits[2:5]}-{digits[5:9]}-{digits[9:]}"}  # fmt: skip
    return ways


def long_enough(word):
    """Whether a word can be looked for without hitting half the texts."""
    return len(word or "") >= SHORTEST[bool(HAN.search(word or ""))]


@dataclass(frozen=True)
class Touched:
    """Rows of one kind, and what becomes of them."""

    label: str
    count: int
    fate: str


GOES, NAMELESS, STAYS = _("is erased"), _("stays without the texts"), _("stays as it is")


def plan(subject):
    """A Touched for each kind of rows that tell of somebody, what goes first."""
    found = whole(subject)
    rows = [
        Touched(one.tells.label, count, fate(one))
        for model, keys in found.keys if keys
        for one in subjects.tellings(model) if (count := one.rows(keys).count())
    ]  # fmt: skip
    order = {GOES: 0, NAMELESS: 1, STAYS: 2}
    return sorted(rows, key=lambda row: order[row.fate])


def fate(telling):
    """What becomes of rows."""
    tells = telling.tells
    if tells.drop or tells.clear or telling.path == "pk":
        return GOES
    return NAMELESS if tells.gone or tells.words else STAYS


def listed(person):
    """The erasures that a person may see, those that wait first, at most MANY."""
    rows = requests().visible_to(person)
    return list(rows.order_by(Case(When(state__in=Erasure.OPEN, then=0), default=1), "-pk")[:MANY])


def requests():
    """Erasures with all that a page says of them."""
    return Erasure.objects.select_related("contact", "customer", "asked_by", "decided_by")


def holds(person):
    """The holds that stand and that a person may see."""
    rows = all_holds().visible_to(person)
    rows = rows.filter(ended_at=None, until_on__gte=today(company_zone()))
    return list(rows.order_by("until_on")[:MANY])


def all_holds():
    """Holds with all that a page says of them."""
    return Hold.objects.select_related("contact", "customer", "set_by")


def answer_by(erasure):
    """The day by which the person has to be answered."""
    return erasure.asked_on + timedelta(days=ANSWER_DAYS)


def disclosed(erasure):
    """Keys of the customers that a page about an erasure names; who was erased is named nowhere."""
    return [erasure.customer_id] if erasure.customer_id and not erasure.erased_at else []


def gone(erasure):
    """(what, rows) of what an erasure has changed, as its page tells it."""
    labels = {one.model._meta.label: one.tells.label
              for model in (Contact, Customer) for one in subjects.tellings(model)}  # fmt: skip
    return [(labels.get(label, label), count) for label, count in erasure.gone.items()]


def remains(erasure):
    """(what, rows) of where names and numbers were found afterwards."""
    labels = {model._meta.db_table: model._meta.verbose_name_plural for model in apps.get_models()}
    return [(labels.get(table, table), count) for table, count in erasure.remains.items()]


def hold_on(subject):
    """The hold that forbids to erase it now, or None; one on a customer counts for its people too."""
    found = whole(subject)
    about = Q(contact__in=found.contacts) | Q(customer__in=[*found.customers, *found.around])
    running = Hold.objects.filter(about, ended_at=None, until_on__gte=today(company_zone()))
    return running.order_by("-until_on").first()


def waiting(subject):
    """The erasure of it that is asked for or under way, or None."""
    return Erasure.objects.filter(about(subject), state__in=Erasure.OPEN).first()


def about(subject):
    """The condition of the rows about one subject."""
    return Q(contact=subject) if isinstance(subject, Contact) else Q(customer=subject)


def may_decide(person, erasure):
    """Whether a person may agree to or refuse this one: never who asked."""
    asked = erasure.state == Erasure.State.ASKED and erasure.asked_by_id != person.pk
    return asked and can(person, Action.ERASURE_DECIDE)


def keys_of(found):
    """The keys under which the values of a Whole are sealed: destroyed with it."""
    ids = [one.key_id for one in (*found.customers, *found.contacts)]
    ids += PrivateFact.objects.filter(customer__in=found.customers).values_list("key", flat=True)
    return SubjectKey.objects.filter(pk__in=[pk for pk in ids if pk])
