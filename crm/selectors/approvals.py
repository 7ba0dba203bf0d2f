"""What waits for somebody's decision: proposals one may approve, customers one is to receive."""

from django.db.models import Q

from accounts.selectors.org import people_led_by
from crm.models import ChangeSet
from crm.selectors import changesets as ask
from kit.clock import StatementNow

State = ChangeSet.State


def proposals(person):
    """Proposals that a person may decide about, the oldest first: one statement for any number."""
    rows = ChangeSet.objects.filter(state=State.PROPOSED)
    return ask.approvable(person, rows).select_related("made_by").order_by("proposed_at", "pk")


def offers(person):
    """Change sets with customers that wait for this person's yes, or for that of silent people they lead."""
    mine = ask.waiting_for(person).values("change_set")
    led = people_led_by(person) - {person.pk}
    found = Q(pk__in=mine)
    if led:
        rows = ask.unanswered().filter(taker__in=led).values("change_set")
        late = Q(pk__in=rows, accept_by__lte=StatementNow())
        found |= late & ~Q(made_by=person)
    rows = ChangeSet.objects.filter(found, state=State.APPROVED)
    return rows.select_related("made_by").order_by("accept_by", "pk")


def waiting(person):
    """How many decisions wait for a person."""
    return proposals(person).count() + offers(person).count()
