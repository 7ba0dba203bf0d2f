"""What is wrong with a departure plan, the worst first."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from crm.models import Assignment, Customer
from crm.selectors import completeness
from handover.models import HandoverTask
from handover.selectors import other_seats, plan, successors
from kit.clock import StatementNow
from kit.templatetags.words import grouped, shown_name

NOBODY = Q(person=None, state__in=HandoverTask.OPEN) & ~Q(who="successor")
UNFIT = {
    "on_notice": _lazy("%(person)s is on notice."), "frozen": _lazy("%(person)s is frozen."),
    "left": _lazy("%(person)s has left."), "away": _lazy("%(person)s is away on the last day."),
    "leaves": _lazy("%(person)s leaves too."),
}  # fmt: skip
CHECKS = {"unfit", "thin", "coming"}


@dataclass
class Problem:
    """What is wrong with a plan: a sentence, and how many customers or tasks it is about."""

    code: str
    text: str
    count: int = 0

    @property
    def stops(self):
        """Whether it stands in the way; else it is to be looked at."""
        return self.code not in CHECKS


def of(viewer, departure, takers, counts, pay=None):
    """What is wrong with a plan, the worst first. pay: its final_pay.Pay."""
    found = list(of_customers(departure)) + list(of_takers(viewer, departure, takers, counts))
    tasks = departure.tasks.aggregate(
        unfit=Count("pk", filter=Q(fits=False)), nobody=Count("pk", filter=NOBODY)
    )
    if unfit := tasks["unfit"]:
        text = ngettext("%(count)s task does not fit before the last day.",
                        "%(count)s tasks do not fit before the last day.", unfit)  # fmt: skip
        found.append(Problem("unfit", text % {"count": grouped(unfit)}, unfit))
    found += of_seats(viewer, departure)
    found += of_plans(departure)
    found += of_files(viewer, departure)
    if count := tasks["nobody"]:
        text = ngettext("%(count)s task has nobody to do it.", "%(count)s tasks have nobody to do them.",
                        count)  # fmt: skip
        found.append(Problem("no_doer", text % {"count": grouped(count)}, count))
    if pay and pay.day is None:
        found.append(
            Problem("pay", _("No rule says by when the final pay is due. Decide the day."))
        )
    return found


def of_files(viewer, departure):
    """Customers whose file is below what its tier should reach: there is still time to fill it in."""
    thin = Customer.objects.filter(completeness.incomplete(viewer))
    count = departure.customers.filter(customer__in=thin).count()
    if count:
        text = ngettext("The file of %(count)s customer is thin. Fill it in while the leaver is here.",
                        "The files of %(count)s customers are thin. Fill them in while the leaver is here.",
                        count)  # fmt: skip
        yield Problem("thin", text % {"count": grouped(count)}, count)


def of_customers(departure):
    """Customers without a successor, and those whose proposal came to nothing."""
    count = departure.customers.filter(successor=None).count()
    if count:
        text = ngettext("%(count)s customer has no suitable successor.",
                        "%(count)s customers have no suitable successor.", count)  # fmt: skip
        yield Problem("no_successor", text % {"count": grouped(count)}, count)
    if departure.revealed_at:
        count = departure.customers.filter(plan.came_to_nothing(departure)).count()
        if count:
            text = ngettext("The proposal for %(count)s customer came to nothing. Choose again.",
                            "The proposals for %(count)s customers came to nothing. Choose again.",
                            count)  # fmt: skip
            yield Problem("dead", text % {"count": grouped(count)}, count)


def of_seats(viewer, departure):
    """Other seats that somebody cannot take, or not besides another, or whose proposal came to nothing."""
    takers = set(departure.seats.exclude(successor=None).values_list("successor", flat=True))
    wrong = successors.leavers(viewer) & takers
    wrong |= set(successors.unfit(takers, plan.ends_at(departure)))
    if count := departure.seats.filter(successor__in=wrong).count() if wrong else 0:
        text = ngettext("%(count)s other seat goes to somebody who cannot take it.",
                        "%(count)s other seats go to somebody who cannot take them.", count)  # fmt: skip
        yield Problem("seats", text % {"count": grouped(count)}, count)
    if count := other_seats.twice(departure):
        text = ngettext("One person would have two seats at %(count)s customer.",
                        "One person would have two seats at %(count)s customers.", count)  # fmt: skip
        yield Problem("seats", text % {"count": grouped(count)}, count)
    if count := other_seats.dead(departure):
        text = ngettext("The proposal for %(count)s other seat came to nothing. Choose again.",
                        "The proposals for %(count)s other seats came to nothing. Choose again.",
                        count)  # fmt: skip
        yield Problem("seats", text % {"count": grouped(count)}, count)


def of_plans(departure):
    """Seats that are to become the leaver's: nobody on their way out receives anything."""
    ahead = Assignment.objects.filter(
        person=departure.person, period__startswith__gt=StatementNow()
    )
    if count := ahead.count():
        text = ngettext("%(count)s seat is planned to become theirs. Who leads its customer takes that plan back.",
                        "%(count)s seats are planned to become theirs. Who leads their customers takes those plans back.",
                        count)  # fmt: skip
        yield Problem("coming", text % {"count": grouped(count)}, count)


def of_takers(viewer, departure, takers, counts):
    """Successors who cannot take over any more; of a secret leaver only who may know is told."""
    ids = [one.pk for one in takers]
    wrong = dict.fromkeys(successors.leavers(viewer) & set(ids), "leaves")
    wrong |= successors.unfit(ids, plan.ends_at(departure))
    for one in takers:
        if one.pk in wrong:
            text = str(UNFIT[wrong[one.pk]]) % {"person": shown_name(one)}
            yield Problem(f"taker {one.pk}", text, counts[one.pk])
