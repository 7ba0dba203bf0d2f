"""What the customer file asks for is the company's own: labels, tiers, weights, intervals, fields."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import content
from crm.models import Customer
from crm.selectors.file_fields import DOCUMENT, KINDS
from crm.services import completeness
from kit.digests import digest_of
from kit.errors import Conflict, Refused
from kit.versions import changed_meanwhile

MOST_FIELDS = 40  # of one part
HEAVIEST, LONGEST = 100, 3_650  # points, days
LABEL, HELP = 60, 200  # signs
PREFIX = "own_"


def change(*, actor, part, field, values, seen):
    """Change one definition. Returns the document.

    seen: the digest of the definition as it was read; another one is a Conflict. values: `label` and `help` as {en, zh}, `required` (tiers), `weight`, `refresh_days`. The type
    stays: what is filled has been typed for it.
    """
    values = sound(values)

    def put(body):
        row = the_field(body, part, field)
        if seen != digest_of(row):
            raise changed_meanwhile()
        row.update(values)

    return edit(actor, put)


def add(*, actor, part, kind, values, options=()):
    """Add a field of the company's own to a part. Returns the document.

    kind: one of KINDS. options: pairs {en, zh} of a choice. Others as for `change`.
    """
    values = sound(values)
    if kind not in KINDS:
        raise Refused(_("Choose one of these."), field="kind")
    options = [one for one in options if one["en"]]
    if kind == "choice" and len(options) < 2:
        raise Refused(_("Enter at least two options."), field="options")

    def put(body):
        rows = the_part(body, part)["fields"]
        if len(rows) >= MOST_FIELDS:
            raise Refused(_("This part has as many fields as it can take."))
        number = 1 + sum(
            row["id"].startswith(PREFIX) for one in body["parts"] for row in one["fields"]
        )
        row = {"id": f"{PREFIX}{number}", "type": kind} | values
        if kind == "choice":
            row["options"] = [
                {"id": f"{PREFIX}{place}", "label": pair} for place, pair in enumerate(options, 1)
            ]
        rows.append(row)

    return edit(actor, put)


def remove(*, actor, part, field):
    """Ask for a field no longer. Its values stay, and come back with it. Returns the document."""
    return mark(actor, part, field, removed=True)


def restore(*, actor, part, field):
    """Ask for a removed field again. Returns the document."""
    return mark(actor, part, field, removed=False)


def mark(actor, part, field, removed):
    def put(body):
        row = the_field(body, part, field)
        if bool(row.get("removed")) == removed:
            raise Conflict(_("Somebody else has done this already."))
        row["removed"] = removed

    return edit(actor, put)


@transaction.atomic
def edit(actor, put):
    """Change the document, and begin to count every file by it."""
    body = content.edit(actor=actor, name=DOCUMENT, change=put)
    completeness.count_all()
    return body


def the_part(body, part):
    """A part of the document, or a Conflict."""
    found = next((one for one in body["parts"] if one["id"] == part), None)
    if found is None:
        raise Conflict(_("There is no such field any more."))
    return found


def the_field(body, part, field):
    """A field of a part of the document, or a Conflict."""
    found = next((one for one in the_part(body, part)["fields"] if one["id"] == field), None)
    if found is None:
        raise Conflict(_("There is no such field any more."))
    return found


def sound(values):
    """Values of a definition as the document has them, or Refused at the first that is wrong."""
    weight, days = values["weight"], values["refresh_days"]
    between = _("Enter a number between %(least)s and %(most)s.")
    if not 0 <= weight <= HEAVIEST:
        raise Refused(between % {"least": 0, "most": HEAVIEST}, field="weight")
    if not 1 <= days <= LONGEST:
        raise Refused(between % {"least": 1, "most": LONGEST}, field="refresh_days")
    tiers = set(values["required"])
    if tiers - set(Customer.Tier.values):
        raise Refused(_("Choose one of these."), field="required")
    return {
        "label": pair(values, "label", LABEL), "help": pair(values, "help", HELP, needed=False),
        "required": {tier: tier in tiers for tier in Customer.Tier.values},
        "weight": weight, "refresh_days": days,
    }  # fmt: skip


def pair(values, name, most, needed=True):
    """A text in both languages."""
    found = {language: (values[name].get(language) or "").strip() for language in ("en", "zh")}
    for language, text in found.items():
        if len(text) > most or (needed and not text):
            message = _("Enter a text of at most %(most)s characters.") % {"most": most}
            raise Refused(message, field=f"{name}_{language}")
    return found
