"""What waits for somebody's decision: proposals one may approve, customers one is to receive."""

from crm.models import ChangeSet
from crm.selectors import changesets as ask

State = ChangeSet.State


def proposals(person):
    """Proposals that a person may decide about, the oldest first: one statement for any number."""
    rows = ChangeSet.objects.filter(state=State.PROPOSED)
    return ask.approvable(person, rows).select_related("made_by").order_by("proposed_at", "pk")


def offers(person):
    """Change sets with customers that wait for this person's yes, or for that of silent people they lead."""
    rows = ChangeSet.objects.filter(pk__in=ask.to_answer(person).values("change_set"))
    return rows.select_related("made_by").order_by("accept_by", "pk")


def waiting(person):
    """How many decisions wait for a person."""
    return proposals(person).count() + offers(person).count()
