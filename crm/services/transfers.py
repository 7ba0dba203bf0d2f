"""A transfer is put together step by step as a draft: who, to whom, how. It ends in `changesets.propose`."""

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.service import service
from crm.models import Change, ChangeSet
from crm.seats import Seat
from crm.selectors import changesets as ask
from crm.selectors.transfers import plan_spread
from crm.services import changesets, saved_views
from crm.services.changeset_terms import next_working_morning
from crm.services.changesets import RowState, chosen_nobody, mine, put_terms, rows_for, save
from kit import bulk
from kit.errors import Conflict, Refused
from kit.once import first_of, harmless_twice


@harmless_twice
@service(Action.SEAT_ASSIGN)
def begin(*, actor, customers, seat, selection=None, client_uuid=None):
    """Freeze these customers (ids, at most ChangeSet.MOST) as a draft without receiver, reason and terms.

    Its instant is the usual one. selection: the one they come from; it is empty afterwards. Returns
    the ChangeSet; sent twice, the first one.
    """
    first_of(ChangeSet, client_uuid, made_by=actor)
    seat, ids = Seat(seat), changesets.chosen(actor, customers)
    change_set = ChangeSet(made_by=actor, client_uuid=client_uuid)
    change_set.origin = ChangeSet.Origin.BULK if len(ids) > 1 else ChangeSet.Origin.SINGLE
    change_set.effective_at = next_working_morning()
    change_set.save()
    Change.objects.bulk_create(rows_for(change_set, ids, seat, None))
    if selection is not None:
        saved_views.use(selection)
    record(change_set, {"customers": (None, len(ids)), "seat": (None, seat)})
    return change_set


@service(Action.SEAT_ASSIGN, on="change_set")
def spread(*, actor, change_set, takers):
    """Let these people (a list) take the customers of a draft: one all of them, several by load.

    Nobody leaves the seats empty. Returns the change set.
    """
    mine(actor, change_set)
    rows = list(ask.rows_of(change_set).select_related("customer"))
    if not rows:
        raise Refused(_("There is nothing to change."))
    if not all(ask.fits(taker, rows[0].seat) for taker in takers):
        raise Refused(_("The role of this person does not fit this seat."), field="people")
    plan = plan_spread(rows, takers)
    for row in rows:
        row.taker = plan.get(row.pk)
        row.remark = chosen_nobody(row.taker)
    bulk.update(rows, ["taker", "remark"])
    record(change_set, {"customers": (None, len(rows)),
                        "person": (None, [taker.pk for taker in takers])})  # fmt: skip
    return change_set


@service(Action.SEAT_ASSIGN, on="change_set")
def bring_back(*, actor, change_set, customers):
    """Take customers (ids) into a draft again that were left out. Returns how many."""
    mine(actor, change_set)
    rows = change_set.changes.filter(customer__in=customers, state=RowState.LEFT_OUT)
    count = rows.update(state=RowState.WAITING)
    if not count:
        raise Conflict(_("These customers are not left out."))
    record(change_set, {"brought back": (None, count)})
    return count


@service(Action.SEAT_ASSIGN, on="change_set")
def change_terms(*, actor, change_set, why, former, note="", former_until=None, effective_at=None):
    """Set reason, the former holder's sight and the instant of a draft, as `changesets.draft` does."""
    mine(actor, change_set)
    put_terms(change_set, why, note, former, former_until, effective_at)
    save(change_set)
    record(change_set, {"why": (None, why), "note": (None, note[:300]), "former": (None, former)})
    return change_set
