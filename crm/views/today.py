"""Today: what is due, for people who log; what the team did, for those who lead; else the way on."""

from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Action, Role, can
from crm.selectors import acting as stand_ins
from crm.selectors import approvals, qualification, worklist
from crm.selectors import due as dues
from kit.web import paged, show

# Where people land whom Today has nothing to tell; the first role counts.
LANDING = [
    (Role.HR, "handover:hr"),
    (Role.AUDITOR, "accounts:trail"),
    (Role.ADMINISTRATOR, "accounts:people"),
    (Role.SERVICE, "crm:customers"),
]
ELSE = "accounts:inbox"


@require_safe
def index(request):
    """The start page of every role."""
    person = request.user
    logs, leads = can(person, Action.ACTIVITY_LOG), worklist.leads(person)
    if not logs and not leads:
        return redirect(landing(person))
    context = {"today": timezone.localdate(), "logs": logs, "leads": leads,
               "decisions": approvals.waiting(person)}  # fmt: skip
    if logs:
        context |= own_work(person)
    if leads:
        context |= team(person)
    return show(request, "crm/today/index.html", paged(request, context, shown(context)))


def landing(person):
    """The first useful page of a role without work of this kind."""
    return next((name for role, name in LANDING if role in person.roles), ELSE)


def own_work(person):
    """What lies before somebody who looks after customers; the first thing becomes a card."""
    mine = worklist.mine(person)
    due = dues.due(person, mine)
    silent = list(worklist.out_of_cadence(person, mine.all))
    step = due[0] if due else None
    customer = step.customer if step else silent[0] if silent else None
    return {
        "step": step, "card": customer, "due": due, "rest": due[1:], "silent": silent, "held": len(mine.held),
        "last": worklist.last_note(person, customer) if customer else None,
        "ask": qualification.question_for(person, customer) if customer else "",
        "acts_for": stand_ins.stood_in_for(mine.acting) if mine.acting else [],
        "acting": worklist.stood_in_for(person, mine.acting) if mine.acting else [],
        "logged": list(worklist.last_logged(person)),
    }  # fmt: skip


def team(person):
    """What the people one leads did, who of them is away, which customers nobody holds."""
    people, units = worklist.led(person)
    return {
        "feed": list(worklist.team_feed(person, people)),
        "away": list(worklist.away_now(person, people)),
        "vacant": list(worklist.vacancies(person, units)),
    }


def shown(context):
    """Keys of every customer on the page, for the counter."""
    rows = [*context.get("due", ()), *context.get("logged", ()), *context.get("feed", ())]
    named = [*context.get("silent", ()), *context.get("acting", ()), *context.get("vacant", ())]
    return [row.customer_id for row in rows] + [customer.pk for customer in named]
