"""Findings about a customer are written here, and the step they recommend becomes a task.

What is said in own words stays out of the trail, as what is said of a visit does.
"""

from uuid import NAMESPACE_URL, uuid5

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts import audit
from accounts.access import Action
from accounts.audit import assign, record
from accounts.selectors.calendar import working_calendar
from accounts.service import clean, service
from crm.models import Finding, Task
from crm.selectors import qualification as shapes
from crm.selectors.contacts import place_at
from crm.services import tasks
from crm.services.channels import through
from kit.cells.texts import INVISIBLE
from kit.clock import database_now
from kit.dates import FIRST_DAY, company_zone, today
from kit.errors import Conflict, Refused
from kit.versions import changed_meanwhile

VALUE = Finding.Value
SOON = 5  # working days for a step of which the pack says none
TITLE = 200


@service(Action.CUSTOMER_EDIT, on="customer")
def save(*, actor, customer, letter, values, version=0):
    """Say what was found of one letter. Returns the finding.

    letter: id. values: value (yes, no, unknown), evidence (key of an entry of the list), words, contact
    (who decides), found_on (a day; today). version: as it was seen, 0 where there was none.
    """
    one = next((row for row in shapes.letters() if row.id == letter), None)
    if one is None:
        raise Http404
    rows = Finding.objects.select_for_update(of=("self",)).filter(customer=customer, letter=letter)
    finding = rows.first() or Finding(customer=customer, letter=letter, version=0)
    if version != finding.version:
        raise changed_meanwhile()
    told = sound(customer, one, values)
    before = finding.value if finding.version else None
    finding.said_by, finding.said_at = actor, database_now()
    assign(finding, told)
    finding.version += 1
    clean(finding, {"words"})
    finding.save()
    record(finding, {"letter": (None, letter), "value": (before, finding.value)}, customer=customer)
    return finding


def insert(rows, when=None):
    """Write findings of customers that had none, inside a running verb, as `sound` would keep them.

    Returns them. when: see accounts.audit.insert.
    """
    return audit.insert(rows, ("letter", "value"), when)


def sound(customer, letter, values):
    """What a finding keeps of what was sent, or Refused at the field."""
    value = values.get("value")
    if value not in VALUE.values:
        raise Refused(_("Choose one of these."), field="value")
    if value == VALUE.UNKNOWN:
        nothing = {"evidence": None, "words": "", "contact": None}
        return nothing | {"value": value, "found_on": today(company_zone())}
    key, words = values.get("evidence") or "", clean_words(values.get("words"))
    listed = letter.evidence[value].get(key)
    if key and listed is None:
        raise Refused(_("Choose one of these."), field="evidence")
    if listed is None and not words:
        raise Refused(_("Say what it rests on."), field="words")
    return {
        "value": value, "evidence": listed, "words": words,
        "contact": who(customer, letter, value, values.get("contact")),
        "found_on": day(values.get("found_on")),
    }  # fmt: skip


def clean_words(words):
    """Own words without what nobody sees."""
    words = INVISIBLE.sub("", words or "").strip()
    if len(words) > Finding._meta.get_field("words").max_length:
        raise Refused(_("This text is too long."), field="words")
    return words


def who(customer, letter, value, contact):
    """The contact whom authority names; a yes needs one. The other letters name nobody."""
    if letter.id != Finding.Letter.AUTHORITY:
        return None
    if contact is None:
        if value == VALUE.YES:
            raise Refused(_("Say who decides."), field="contact")
        return None
    contact = through(customer, contact)
    if place_at(customer, contact) is None:
        raise Refused(_("This contact is not at the customer any more."), field="contact")
    return contact


def day(found_on):
    """The day of the evidence: today or earlier."""
    now = today(company_zone())
    found_on = found_on or now
    if not FIRST_DAY <= found_on <= now:
        raise Refused(_("The day must be today or earlier"), field="found_on")
    return found_on


def plan_step(*, actor, customer):
    """The recommended step becomes a task of whoever is to take it. Returns it.

    Asked again while it is open, it is a Conflict. An unknown letter puts its question first.
    """
    one = shapes.of_customer(actor, customer)
    person = shapes.who_is_next(one)
    if person is None:
        raise Refused(_("Nobody answers for this customer now."))
    with override(person.language):
        title = (_("MAN: %(step)s") % {"step": one.recommendation})[:TITLE]
        asked = [_("Ask: %(question)s") % {"question": row.letter.question} for row in one.unknown]
        note = "\n".join([*asked, one.next_step])
    if Task.objects.open().filter(customer=customer, title=title, person=person).exists():
        raise Conflict(_("This is a task already."), code="asked")
    now = today(company_zone())
    due_on = working_calendar().add_working_days(now, one.row["review_days"] or SOON)
    number = uuid5(NAMESPACE_URL, f"man {customer.pk} {one.row['id']} {one.versions} {now}")
    values = {"kind": Task.Kind.TO_DO, "title": title, "note": note, "due_on": due_on}
    return tasks.plan(
        actor=actor, customer=customer, values=values, person=person, client_uuid=number
    )
