"""The templates of departures are the company's own: rows, days, who, and texts in both languages."""

from django.utils.translation import gettext as _

from accounts.services import content
from handover.selectors.templates import CASE, WHO, library, rows_of
from kit.errors import Conflict, Refused

DOCUMENT = "departure"
FURTHEST = 500  # working days
LONGEST = {"title": 200, "evidence": 300}


def set_row(*, actor, kind, group, task, values):
    """Change a row of a template: `offset`, `who`, `blocking`. Returns the document."""
    values = sound(values)

    def change(body):
        row = the_row(body, kind, group, task)
        row["offset_working_days"] = values["offset"]
        row["who"], row["blocking"] = values["who"], values["blocking"]
        if values["offset"]:
            row.pop("immediate", None)
        elif not row.get("immediate"):
            raise on_the_last_day()

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def add_row(*, actor, kind, group, task, offset):
    """Take a task of the library into a template, `offset` working days from the last day."""
    offset = sound({"offset": offset})["offset"]
    if not offset:
        raise on_the_last_day()

    def change(body):
        rows, known = rows_of(body, kind, group), library(body)
        if rows is None or known.get(task, {}).get("per") != (
            CASE if group == CASE else "customer"
        ):
            raise Refused(_("Choose a task of the list."), field="task")
        if any(row["task"] == task for row in rows):
            raise Conflict(_("This task is there already."), field="task")
        rows.append({"task": task, "offset_working_days": offset})

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def remove_row(*, actor, kind, group, task):
    """Take a task out of a template; cases that have it keep it."""

    def change(body):
        rows_of(body, kind, group).remove(the_row(body, kind, group, task))

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def set_texts(*, actor, task, texts):
    """Change what a task of the library says: (`title`, `evidence`) → {en, zh}, for plans from now on."""
    for field, most in LONGEST.items():
        for language in ("en", "zh"):
            text = texts[field][language].strip()
            if not text or len(text) > most:
                message = _("Enter a text of at most %(most)s characters.") % {"most": most}
                raise Refused(message, field=f"{field}_{language}")

    def change(body):
        known = library(body)
        if task not in known:
            raise gone()
        for field in LONGEST:
            known[task][field] = {name: text.strip() for name, text in texts[field].items()}

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def the_row(body, kind, group, task):
    """The row of a task in a template, or a Conflict: somebody has removed it."""
    for row in rows_of(body, kind, group) or ():
        if row["task"] == task:
            return row
    raise gone()


def gone():
    return Conflict(_("This task is not in the template any more."))


def on_the_last_day():
    return Refused(_("Nothing is due on the last working day itself."), field="offset")


def sound(values):
    """Values of a row that can be meant, or Refused at the first that is wrong."""
    if not -FURTHEST <= values["offset"] <= FURTHEST:
        text = _("Enter a number between %(least)s and %(most)s.")
        raise Refused(text % {"least": -FURTHEST, "most": FURTHEST}, field="offset")
    if values.get("who") is not None and values["who"] not in WHO:
        raise Refused(_("Choose one of these."), field="who")
    return values
