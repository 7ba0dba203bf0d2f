"""How the trail of who looks after whom reads: seats, change sets, shares, load.

See accounts.selectors.sentences.
"""

from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS, FORMER, LABELS, SENTENCES
from crm.seats import Seat

SEAT_WORDS = {
    Seat.ACCOUNT_MANAGER: _("account manager"),
    Seat.BACKUP: _("backup"),
    Seat.SERVICE_LINE: _("service line"),
    Seat.KEY_ACCOUNT_MEMBER: _("member of the key-account team"),
}
TASK_WENT = _("the task %(what)s at %(customer)s went from %(person_before)s to %(person)s")
AREAS.update(
    {
        "ownership": _("Seats"),
        "seat_history": _("Seats of the past"),
        "capacity": _("Load and rules"),
        "key_accounts": _("Key-account teams"),
        "shares": _("Shares"),
    }
)
LABELS.update(SEAT_WORDS)


def seat_of(entry):
    """(seat, whether somebody gave it up, whether somebody took it)."""
    for name in entry.changes.keys() & set(Seat.values):
        before, after = entry.changes[name]
        return Seat(name), before is not None, after is not None
    return None, False, False


def changed_seat(reader, entry):
    """Somebody took a seat, instead of somebody or not, or gave it up."""
    seat, gave_up, taken = seat_of(entry)
    if seat is None:
        return None, {}
    before, after = reader.pair(entry, seat.value)
    values = {"seat": SEAT_WORDS[seat], "before": before, "after": after}
    if taken and gave_up:
        text = _("%(who)s made %(after)s %(seat)s of %(customer)s in place of %(before)s")
    elif taken:
        text = _("%(who)s made %(after)s %(seat)s of %(customer)s")
    else:
        text = _("%(who)s ended the seat of %(before)s as %(seat)s of %(customer)s")
    return text, values


def changed_share(reader, entry):
    """The new share that takes the place of another, or the old one that goes for it."""
    if "replaces" in entry.changes:
        return _(
            "%(who)s changed the share of %(customer)s with %(person)s: %(right)s until %(until)s"
        ), {}
    return _("%(who)s ended a share of %(customer)s for another one"), {}


def cancelled_plan(reader, entry):
    seat, _gave_up, _taken = seat_of(entry)
    values = {"seat": SEAT_WORDS.get(seat, "")}
    return _("%(who)s took back a planned change of the %(seat)s of %(customer)s"), values


def recorded_seat(reader, entry):
    seat, _gave_up, _taken = seat_of(entry)
    if seat is None:
        return None, {}
    values = {"seat": SEAT_WORDS[seat], "after": reader.pair(entry, seat.value)[1]}
    return _("%(who)s recorded %(after)s as %(seat)s of %(customer)s in the past"), values


def carried_out(reader, entry):
    """What a change set did: to a seat, a task, a share of its own, or as a whole."""
    if entry.subject_type == "crm.assignment":
        return changed_seat(reader, entry)
    if entry.subject_type == "crm.task":
        return TASK_WENT, {}
    if entry.subject_type == "crm.share":
        ended = "person" not in entry.changes
        text = _("%(who)s ended a share of %(customer)s")
        given = _("%(who)s let %(person)s read %(customer)s until %(until)s")
        return (text if ended else given), {}
    return _("%(who)s carried out a part of a transfer"), {}


FORMER.update(
    {
        f"changesets.{verb}": f"approvals.{verb}"
        for verb in ("approve", "refuse", "accept", "decline")
    }
)
SENTENCES.update(
    {
        "changesets.draft": _("%(who)s drafted a transfer of customers: %(customers)s"),
        "changesets.give_to": _("%(who)s chose %(person)s as receiver in a draft"),
        "changesets.leave_out": _("%(who)s left customers out of a draft"),
        "changesets.propose": _("%(who)s proposed a transfer of customers"),
        "approvals.approve": _("%(who)s approved a transfer of customers"),
        "approvals.refuse": _("%(who)s refused a transfer of customers: %(note)s"),
        "approvals.accept": _("%(who)s accepted customers"),
        ("approvals.accept", "crm.share"): carried_out,
        "approvals.decline": _("%(who)s declined customers: %(note)s"),
        ("approvals.decline", "crm.share"): carried_out,
        "changesets.cancel": _("%(who)s took back a transfer of customers"),
        ("changesets.cancel", "crm.share"): carried_out,
        "changeset_run.begin": _("a transfer of customers began"),
        ("changeset_run.begin", "crm.share"): carried_out,
        "changeset_run.apply": carried_out,
        "changeset_run.fail": _("a row of a transfer was overtaken and not carried out"),
        "changeset_undo.keep": _("a row of a transfer has changed since and was not taken back"),
        "changeset_run.finish": _("a transfer of customers was carried out"),
        "changeset_run.resume": _("%(who)s went on with a transfer that had stopped"),
        "changeset_undo.undo": _("%(who)s had a transfer undone"),
        "changeset_undo.begin_undo": _("an undo of a transfer began"),
        "changeset_undo.take_back": carried_out,
        "changeset_undo.settle": _("an undo of a transfer was finished"),
        "transfers.begin": _("%(who)s drafted a transfer of customers: %(customers)s"),
        "transfers.spread": _("%(who)s chose the receivers of a draft"),
        "transfers.bring_back": _("%(who)s took customers into a draft again"),
        "transfers.change_terms": _("%(who)s set reason and day of a draft"),
        "seat_history.record_all": recorded_seat,
        "ownership.assign": changed_seat,
        "ownership.end": changed_seat,
        ("ownership.assign", "crm.task"): carried_out,
        ("ownership.end", "crm.task"): carried_out,
        "ownership.begun": _("a planned seat at %(customer)s began"),
        "ownership.ended": _("a planned end of a seat at %(customer)s came"),
        ("ownership.ended", "crm.task"): TASK_WENT,
        ("ownership.begun", "crm.task"): carried_out,
        "ownership.cancel_planned": cancelled_plan,
        "capacity.change_rules": _("%(who)s changed the rules of ownership: %(fields)s"),
        "capacity.set_capacity": _("%(who)s changed how much %(what)s can carry"),
        "key_accounts.set_duty": _(
            "%(who)s set the duty of a member of the key-account team of %(customer)s"
        ),
        "seat_history.record_seat": recorded_seat,
        "shares.grant": _("%(who)s shared %(customer)s with %(person)s until %(until)s: %(right)s"),
        "shares.change": changed_share,
        "shares.revoke": _("%(who)s ended a share of %(customer)s"),
        ("people.set_state", "crm.share"): _(
            "%(who)s ended the share of %(customer)s with %(person_before)s, who has left"
        ),
    }
)
