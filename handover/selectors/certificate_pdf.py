"""The certificate as a file: the facts of its page, whole in English and whole in Chinese."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import Company
from crm.selectors.trade import company_currency
from handover.selectors import certificate as papers
from kit.dates import company_zone
from kit.paper import Paper
from kit.templatetags import words


def certificate(person, departure):
    """(the PDF in bytes, keys of the customers it names) as a person may read the certificate."""
    company = Company.objects.get(pk=1)
    first, *others = papers.LANGUAGES
    with override(first), timezone.override(company_zone()):
        facts = papers.paper(person, departure)
        sheet = Paper(
            " · ".join(facts.titles), author=company.name, made_at=made_at(departure, facts),
            foot=f"{' · '.join(facts.titles)} · {departure.pk}",
        )  # fmt: skip
        part(sheet, departure, facts, 0)
    for number, language in enumerate(others, 1):
        with override(language), timezone.override(company_zone()):
            sheet.page()
            part(sheet, departure, papers.paper(person, departure), number)
    return sheet.file(), [line.handover.customer_id for line in facts.lines]


def made_at(departure, facts):
    """When this state of the certificate came to be: its closing, else its last signature."""
    signed = [slot.row.signed_at for slot in facts.slots if slot.row]
    return departure.closed_at or max(signed, default=departure.opened_at or departure.made_at)


def part(sheet, departure, facts, number):
    """The whole certificate in the language that is active; number: its place among the texts."""
    sheet.title(facts.titles[number])
    if departure.state == "open":
        sheet.paragraph(_("The case is still open: this certificate is a draft."))
    sheet.paragraph(facts.texts[number])
    sheet.heading(_("Customers and contacts"))
    for place, line in enumerate(facts.lines, 1):
        sheet.item(f"{place}. {line.handover.customer.name}", small=beside(line))
    if not facts.lines:
        sheet.item(_("No customers were handed over."))
    sheet.heading(_("What was done"))
    sheet.facts(done(facts.results))
    if facts.open:
        sheet.heading(_("Open items"))
        for one in facts.open:
            sheet.item(one.text)
    sheet.heading(_("Signatures"))
    for slot in facts.slots:
        sheet.item(f"{slot.label}: {signature(slot)}", small=slot.row.digest if slot.row else "")


def beside(line):
    """Who took a customer over, and which contacts the leaver dealt with there."""
    parts = []
    if line.handover.successor:
        parts.append(f"{_('taken over by')} {words.shown_name(line.handover.successor)}")
    if line.contacts:
        comma = "、" if words.chinese() else ", "
        parts.append(comma.join(map(words.shown_name, line.contacts)))
    elif line.number:
        text = ngettext("%(number)s contact", "%(number)s contacts", line.number)
        parts.append(text % {"number": line.number})
    return " · ".join(parts)


def done(results):
    """What was done for these customers, as (label, value)."""
    if results["joined_on"]:
        yield _("With us since"), words.day_words(results["joined_on"])
    yield _("Visits at these customers"), words.grouped(results["visits"])
    yield _("All contacts with them"), words.grouped(results["activities"])
    yield _("Handover tasks finished"), words.grouped(results["tasks"])
    if "value" in results:
        money = words.grouped(results["value"])
        yield (
            _("Orders of twelve months"),
            words.with_sign(results["value"], money, company_currency()),
        )


def signature(slot):
    """Who signed when, why nobody did, or that it is still to come."""
    row = slot.row
    if row and row.missing_because:
        return f"{_('Not signed')}: {row.missing_because}"
    if row:
        return f"{words.shown_name(row.person)} · {words.moment_words(words.local(row.signed_at))}"
    named = f"{words.shown_name(slot.person)} · " if slot.person else ""
    return named + _("not yet signed")
