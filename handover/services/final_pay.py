"""The day of the final pay is decided by a person; the rules it comes from are the company's own."""

import re
from datetime import timedelta
from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import assign, record, record_many
from accounts.service import service
from accounts.services import content
from handover.models import HandoverTask
from handover.selectors import final_pay as shapes
from handover.services import departures, handover_reminders
from handover.services.handover_tasks import text
from handover.services.templates import DOCUMENT
from kit.dates import company_zone, today
from kit.digests import digest_of
from kit.errors import Conflict, Refused
from kit.templatetags.words import day_words
from kit.versions import changed_meanwhile, same_version

LATEST = timedelta(days=366)  # after the last working day
MOST = 60  # rules
DAYS = 180  # of a rule, before or after the last day
COUNTRY = re.compile(r"[A-Z]{2}")
LONGEST = 300  # characters of a source


@service(Action.DEPARTURE_RUN, on="departure")
def decide(*, actor, departure, day, why, version):
    """Say on which day the wages are paid and why then: no rule matches, or an earlier day was agreed.

    Never later than the law has it. The task of the final pay follows. Returns the departure.
    """
    same_version(departure, version)
    departures.live(departure)
    known = shapes.of(departure)
    if known is None:
        raise Conflict(_("After this kind of departure the pay goes on."))
    why = text(why, "why", _("Say where this day comes from."), most=200)
    if not today(company_zone()) <= day <= departure.last_day + LATEST:
        raise Refused(_("Enter a day from today on."), field="day")
    if known.by_law and day > known.by_law:
        words = _("The rule asks for it by %(day)s. Only an earlier day can be decided.")
        raise Refused(words % {"day": day_words(known.by_law)}, field="day")
    changes = assign(departure, {"pay_on": day, "pay_why": why})
    departures.saved(departure)
    record(departure, changes, personal=("pay_why",))
    follow(departure)
    return departure


def follow(departure):
    """Let the open task of the final pay be due in time for its day."""
    day = shapes.ready_by(departure)
    rows = departure.tasks.filter(key=shapes.TASK, state__in=HandoverTask.OPEN)
    for task in rows.select_for_update(of=("self",)):
        changes = assign(task, {"due_on": day})
        if changes:
            task.by_hand = sorted({*task.by_hand, "due_on"})
            task.version += 1
            task.save()
            record_many([{"subject": task, "changes": changes}])
    if departure.revealed_at:
        handover_reminders.plan(departure)


# -- rules -----------------------------------------------------------------------------------------
def set_rule(*, actor, rule, values, seen=""):
    """Change a rule, or add one where `rule` is None. values: country, kinds, days, count, source.

    seen: the digest of the rule that was read.
    """
    values = sound(values)

    def change(body):
        part = body.setdefault("final_pay", shapes.section(body))
        if rule is not None:
            found = the_rule(part, rule)
            if digest_of(found) != seen:
                raise changed_meanwhile()
            found.update(values)
        elif len(part["rules"]) >= MOST:
            raise Refused(_("No further rules can be added."))
        else:
            part["rules"].append({"id": f"rule_{uuid4().hex[:8]}"} | values)

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def remove_rule(*, actor, rule):
    """Take a rule away; where none is left for a kind, a person decides."""

    def change(body):
        part = body.setdefault("final_pay", shapes.section(body))
        part["rules"].remove(the_rule(part, rule))

    return content.edit(actor=actor, name=DOCUMENT, change=change)


def the_rule(part, rule):
    """A rule by its id, or a Conflict: somebody has removed it."""
    for one in part["rules"]:
        if one["id"] == rule:
            return one
    raise Conflict(_("This rule is not there any more."))


def sound(values):
    """Values of a rule that can be meant, or Refused at the first that is wrong."""
    if not COUNTRY.fullmatch(values["country"]):
        raise Refused(_("Enter the two letters of a country, such as CN."), field="country")
    if not values["kinds"] or not set(values["kinds"]) <= set(shapes.DECIDABLE):
        raise Refused(_("Choose one of these kinds."), field="kinds")
    if not -DAYS <= values["days"] <= DAYS:
        words = _("Enter a number between %(least)s and %(most)s.")
        raise Refused(words % {"least": -DAYS, "most": DAYS}, field="days")
    if values["count"] not in shapes.COUNTS:
        raise Refused(_("Choose one of these."), field="count")
    for language in ("en", "zh"):
        if not 0 < len(values["source"][language]) <= LONGEST:
            words = _("Enter a text of at most %(most)s characters.") % {"most": LONGEST}
            raise Refused(words, field=f"source_{language}")
    return values
