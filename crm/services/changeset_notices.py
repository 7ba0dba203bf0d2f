"""Who is told of a change set: always whoever answers at the moment of sending."""

from accounts.models import Person
from accounts.selectors.org import able_head_above
from accounts.services.notifications import addressee
from crm.models import ChangeSet
from crm.selectors import changesets as ask
from crm.selectors.transfers import likely_approver


def change_set_of(about, state):
    """The change set that a notice is about, while it is in a state."""
    rows = ChangeSet.objects.filter(pk=about["change_set"], state=state)
    return rows.select_related("made_by").first()


@addressee("changeset.approver")
def approver_when_sent(about):
    """The nearest head above the proposer who may decide and can answer now."""
    change_set = change_set_of(about, ChangeSet.State.PROPOSED)
    return change_set and likely_approver(change_set)


@addressee("changeset.receiver")
def receiver_when_sent(about):
    """The receiver, while the customers still wait for the answer."""
    return Person.objects.filter(pk=about["taker"]).first() if still_waits(about) else None


@addressee("changeset.receiver_lead")
def receiver_lead_when_sent(about):
    """Whoever leads a receiver who stayed silent, can answer now, and did not propose it."""
    if not still_waits(about):
        return None
    proposer = ChangeSet.objects.get(pk=about["change_set"]).made_by_id
    receiver = Person.objects.get(pk=about["taker"])
    return able_head_above(receiver, lambda head: head.pk != proposer)


def still_waits(about):
    """Whether the receiver of a notice has not answered."""
    change_set = change_set_of(about, ChangeSet.State.APPROVED)
    return (
        bool(change_set) and ask.asks_acceptance(change_set).filter(taker=about["taker"]).exists()
    )
