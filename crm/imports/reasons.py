"""Why a row is refused, and what is said about one that is taken: the sentences by code."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.imports.kinds import KINDS
from kit.cells import faults
from kit.rows import wording

SHOWN = 60  # characters of a value


def sentence(told, cells, kind):
    """One reason or remark in the active language. cells: header → text of the row; {} if erased."""
    code, column = told["code"], told.get("column", "")
    params = dict(told.get("params", {}))
    value = cells.get(column, "")[:SHOWN] if column else ""
    group, _colon, inner = code.partition(":")
    if group == "cell":
        text = faults.SENTENCES[inner]() % {"text": value or "…"}
    elif group == "phone":
        text = _("Kept as it is written. %(why)s") % {"why": faults.SENTENCES[inner]()}
    elif group == "file":
        text = wording.sentence(inner, params)
    else:
        if "field" in params:
            params["field"] = KINDS[kind].field(params["field"]).label
        text = SENTENCES[code]() % (params | {"value": value or "…"})
    return _("%(column)s: %(text)s") % {"column": column, "text": text} if column else text


def note(told):
    """A remark on the file as a whole."""
    code, params = told["code"], told.get("params", {})
    group, _colon, inner = code.partition(":")
    if group == "file":
        return wording.sentence(inner, params)
    return NOTES[code](params)


SENTENCES = {
    # refused, and stops the others
    "missing": lambda: _("This is empty, and it is needed."),
    "long": lambda: _("“%(value)s” is longer than %(longest)s characters."),
    "choice": lambda: _("“%(value)s” is none of the known words: %(words)s"),
    "unknown": lambda: _("“%(value)s” is not known from this source."),
    "circle": lambda: _("“%(value)s” leads back to this row."),
    "double_key": lambda: _("“%(value)s” occurs more than once, with different content."),
    "later_end": lambda: _("“%(value)s” lies before the beginning."),
    "future": lambda: _("“%(value)s” lies in the future."),
    "too_early": lambda: _("“%(value)s” lies too far back."),
    "overlap": lambda: _("“%(value)s” overlaps another time in this seat."),
    "two_seats": lambda: _("“%(value)s” holds another seat of this customer at that time."),
    "discount": lambda: _("“%(value)s” is no share of a price."),
    "large_number": lambda: _("“%(value)s” is too large."),
    "currency": lambda: _("“%(value)s” is no currency."),
    "other_order": lambda: _("“%(value)s” is an order of another customer."),
    "not_yours": lambda: _("“%(value)s” is not in your part of the organisation."),
    "not_for_you": lambda: _("“%(value)s” cannot be imported by you. Ask your manager."),
    "not_here": lambda: _("“%(value)s” does not work here now."),
    "double": lambda: _("There is a customer with this legal name already."),
    "too_many": lambda: _("Too many names that are known already. Go on in an hour."),
    "known_elsewhere": lambda: _("Already known. Ask your manager."),
    "in_the_way": lambda: _("Something changed meanwhile: %(message)s"),
    "fault": lambda: _("This row could not be written (%(name)s)."),
    # refused, and stops nobody
    "bare": lambda: _("Incomplete: nothing but a name is known."),
    "no_customer": lambda: _("Incomplete: no customer is named."),
    "no_order": lambda: _("Incomplete: no order is named."),
    "deleted": lambda: _("Deleted in the other system."),
    # taken, and worth a word
    "kept_here": lambda: _("%(field)s was changed here and stays."),
    "same_name": lambda: _("Row %(row)s has the same name."),
    "left_out": lambda: _("“%(value)s” was refused; nothing refers to it."),
    "word": lambda: _("“%(value)s” is none of the words known here; it was left out."),
    "mail": lambda: _("“%(value)s” is not a mail address; it was left out."),
    "email_taken": lambda: _("“%(value)s” belongs to somebody else; it was left out."),
    "in_use": lambda: _("Kept: something else rests on it."),
    "edited_here": lambda: _("Kept: it was changed here since."),
}  # fmt: skip

NOTES = {
    "ignored": lambda p: _("Columns without a place here: %(columns)s") % p,
    "external": lambda p: ngettext(
        "%(count)s row names somebody who is not one of our people; the name is kept where there is a place for it.",
        "%(count)s rows name somebody who is not one of our people; the name is kept where there is a place for it.",
        p["count"],
    ) % p,
    "managers": lambda p: ngettext(
        "%(count)s person is named as a manager and not listed; the person was added.",
        "%(count)s people are named as managers and not listed; they were added.",
        p["count"],
    ) % p,
    "same_names": lambda p: ngettext(
        "%(count)s row has the same name as another one and no other address.",
        "%(count)s rows have the same name as another one and no other address.",
        p["count"],
    ) % p,
    "phones": lambda p: ngettext(
        "%(count)s phone number was kept as it is written; its row says what is wrong with it.",
        "%(count)s phone numbers were kept as they are written; their rows say what is wrong with them.",
        p["count"],
    ) % p,
    "kept_here": lambda p: ngettext(
        "%(count)s value was changed here and stays.", "%(count)s values were changed here and stay.", p["count"],
    ) % p,
    "no_longer": lambda p: ngettext(
        "%(count)s known row is no longer in the file; nothing was done to it.",
        "%(count)s known rows are no longer in the file; nothing was done to them.",
        p["count"],
    ) % p,
    "regions_read": lambda p: _("There are no people in this file: it was read as a list of regions."),
    "no_key": lambda p: _("There is no column with a key: rows are known again by their content."),
    "kept": lambda p: ngettext(
        "%(count)s row could not be taken back: something else rests on it.",
        "%(count)s rows could not be taken back: something else rests on them.",
        p["count"],
    ) % p,
}  # fmt: skip
