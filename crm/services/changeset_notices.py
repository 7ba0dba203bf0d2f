"""Who is told of a change set: always whoever answers at the moment of sending."""

from accounts.models import Person
from accounts.selectors.org import able_at, supervisor_of
from accounts.services.notifications import addressee
from crm.models import ChangeSet
from crm.selectors import changesets as ask


def change_set_of(about, state):
    """The change set that a notice is about, while it is in a state."""
    rows = ChangeSet.objects.filter(pk=about["change_set"], state=state)
    return rows.select_related("made_by").first()


@addressee("changeset.approver")
def approver_when_sent(about):
    """The nearest head above the proposer who may decide and can answer now."""
    change_set = change_set_of(about, ChangeSet.State.PROPOSED)
    head = change_set and supervisor_of(change_set.made_by)
    while head is not None:
        if able_at(head) and ask.may_approve(head, change_set):
            return head
        head = supervisor_of(head)
    return None


@addressee("changeset.receiver")
def receiver_when_sent(about):
    """The receiver, while the customers still wait for the answer."""
    return Person.objects.filter(pk=about["taker"]).first() if still_waits(about) else None


@addressee("changeset.receiver_lead")
def receiver_lead_when_sent(about):
    """Whoever leads a receiver who stayed silent, and can answer now."""
    if not still_waits(about):
        return None
    head = supervisor_of(Person.objects.get(pk=about["taker"]))
    while head is not None and not able_at(head):
        head = supervisor_of(head)
    return head


def still_waits(about):
    """Whether the receiver of a notice has not answered."""
    change_set = change_set_of(about, ChangeSet.State.APPROVED)
    return (
        bool(change_set) and ask.asks_acceptance(change_set).filter(taker=about["taker"]).exists()
    )
