"""One departure under way: the person on notice, with a witness, opened by HR today."""

from config.demo.company import ON_NOTICE
from handover.services import cases, departures

WITNESS = "lead.south"
NOTICE = 24  # days from today to the last one


def make(people, days):
    """Plan and open the case, after everybody's employment is said."""
    hr, leaver = people["hr"], people[ON_NOTICE]
    leaver.refresh_from_db()
    case = departures.prepare(
        actor=hr, people=[leaver], last_day=days.due(NOTICE), kind="resignation"
    )
    case = departures.edit(
        actor=hr, departure=case, values={"witness": people[WITNESS]}, version=case.version
    )
    cases.begin(actor=hr, departure=case, version=case.version)
