"""How a phone, mail or chat id is written, found again, and shown before somebody asks for it."""

import re
import unicodedata

from django.utils.translation import gettext as _

from accounts.access import Action, Role
from crm.models.contacts import ContactChannel
from kit import cells, crypto
from kit.errors import Refused
from kit.templatetags.words import chinese, masked_phone

Kind = ContactChannel.Kind
LONGEST = 254
SEVERAL = re.compile(r"[/,;|、\n]|\b(?:or|and)\b|或|和")
EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|;ext=|#)\s*(\d{1,6})$", re.IGNORECASE)
PHONE = re.compile(r"[+\d\s().\-·]+")
MOBILES = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
INNER = re.compile(r"[\s().\-·]+")


def normalised(kind, raw, country="CN"):
    """The one form in which a value is stored: E.164, lower-case mail, trimmed chat id.

    country: where a phone without a country code is (ISO 3166). Raises Refused at `value`.
    """
    text = unicodedata.normalize("NFKC", raw or "").strip()
    if not text:
        raise Refused(_("Enter the number, address or id"), field="value")
    if len(text) > LONGEST or any(unicodedata.category(c) in ("Cc", "Cf") for c in text):
        raise Refused(_("This is too long, or has signs that do not belong here"), field="value")
    if kind == Kind.PHONE:
        return phone(text, country)
    if kind == Kind.MAIL:
        return mail(text)
    return text


def phone(text, country):
    """E.164, with `;ext=` where there is an extension."""
    import phonenumbers  # only where a number is written

    extension = EXTENSION.search(text)
    number = EXTENSION.sub("", text)
    if SEVERAL.search(number) or len(MOBILES.findall(number)) > 1 or number.count("+") > 1:
        raise Refused(_("Enter one number only. Add the second one separately"), field="value")
    if not PHONE.fullmatch(number):
        raise Refused(_("Enter a phone number in digits, such as 138 1234 5678"), field="value")
    try:
        parsed = phonenumbers.parse(INNER.sub("", number), country)
    except phonenumbers.NumberParseException:
        parsed = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if parsed is None or phonenumbers.is_possible_number_with_reason(parsed) != possible:
        raise Refused(_("This is no complete phone number"), field="value")
    stored = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return f"{stored};ext={extension[1]}" if extension else stored


def mail(text):
    """A mail address in lower case."""
    if text.count("@") > 1 or SEVERAL.search(text.partition("@")[2]):
        raise Refused(_("Enter one address only. Add the second one separately"), field="value")
    found = cells.mails(text)
    if len(found) != 1 or found[0].faults:
        raise Refused(_("Enter a mail address, such as name@company.com"), field="value")
    return found[0].address


def value_index(value):
    """The key by which a normalised value is found, and by nothing less than all of it."""
    return crypto.blind_index(f"value:{value}")


def tail_index(digits):
    """The key by which a phone is found from its last four digits; None for anything else."""
    found = re.sub(r"\D", "", unicodedata.normalize("NFKC", digits or "").partition(";")[0])[-4:]
    return crypto.blind_index(f"tail:{found}") if len(found) == 4 else None


def mask(kind, value):
    """What a page may show before the reveal; an erased value reads so."""
    if value is None:
        return _("erased")
    if kind == Kind.PHONE:
        return mask_phone(value.partition(";")[0])
    if kind == Kind.MAIL:
        name, _at, domain = value.partition("@")
        return f"{name[:1]}***@{domain[:1]}…"
    return f"{value[:2]}****" if len(value) > 4 else "****"


def mask_phone(number):
    """+86 138 **** 5678, or 138****5678 on a Chinese page; else country code and last four."""
    if re.fullmatch(r"\+861\d{10}", number):
        return masked_phone(number)
    import phonenumbers

    code = phonenumbers.parse(number).country_code if number.startswith("+") else ""
    return f"+{code}****{number[-4:]}" if chinese() else f"+{code} **** {number[-4:]}"


def shown(kind, value):
    """A revealed value as it is read: phones grouped, everything else as it is."""
    if kind != Kind.PHONE:
        return value
    import phonenumbers

    number, _ext, extension = value.partition(";ext=")
    style = phonenumbers.PhoneNumberFormat
    home = chinese() and number.startswith("+86")
    parsed = phonenumbers.parse(number)
    text = phonenumbers.format_number(parsed, style.NATIONAL if home else style.INTERNATIONAL)
    return f"{text} ext. {extension}" if extension else text


def address(kind, value):
    """What a tap on a revealed value opens: the phone, the mail program, or nothing."""
    return {Kind.PHONE: f"tel:{value}", Kind.MAIL: f"mailto:{value}"}.get(kind, "")


def reason_needed(person):
    """Whether this person reveals only with a reason: the auditor does."""
    return Role.AUDITOR in person.roles


def current(contact):
    """Channels of a contact that are in use."""
    return contact.channels.filter(ended_at__isnull=True)


def of_contact(person, contact):
    """(in use, ended) channels of a contact as far as `person` may see them, masked."""
    rows = list(
        ContactChannel.objects.visible_to(person, Action.CHANNEL_VIEW)
        .filter(contact=contact)
        .select_related("contact__key")
        .order_by("kind", "pk")
    )
    ended = sorted(
        (row for row in rows if row.ended_at), key=lambda row: row.ended_at, reverse=True
    )
    return [row for row in rows if not row.ended_at], ended
