"""The one door to guardian: explicit shares with a right, an end and a reason."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg2.extras import DateTimeTZRange

from accounts.access import Action, Reach, can, reach
from accounts.audit import record, record_many
from accounts.service import service
from accounts.services.notifications import addressee, notify, outdate
from accounts.services.people import ends_when_leaving
from crm.access import SEATS, SHARES
from crm.models import Assignment, Customer, Share
from crm.services import access_index
from kit.clock import StatementNow, database_now
from kit.errors import Conflict, Refused

LONGEST = timedelta(days=366)
# The act each right is for: it helps nobody whose role never does this.
ACTS = {
    "read_customer": Action.CUSTOMER_VIEW,
    "log_customer": Action.ACTIVITY_LOG,
    "edit_customer": Action.CUSTOMER_EDIT,
    "settlement_customer": Action.SETTLEMENT_VIEW,
    "private_customer": Action.PRIVATE_VIEW,
}


@service(Action.SHARE_GRANT, on="customer", people=("person",))
def grant(*, actor, customer, person, right, until, why, starts_at=None):
    """Give `person` the named right on `customer` until an instant, with a reason.

    right: a key of crm.access.SHARES. until: an instant within a year. why: the reason, in words.
    Raises Refused with the field that is wrong, Conflict when the person has this right already.
    """
    now = database_now()
    start = starts_at if starts_at and starts_at > now else now
    refuse_terms(right, why, start, until)
    refuse_receiver(actor, person, right, start)
    refuse_holder(customer, person, right, until)
    share = put(actor, customer, person, right, DateTimeTZRange(start, until, "[)"), why)
    record(share, {"person": (None, person.pk), "right": (None, right), "until": (None, until)},
           customer=customer)  # fmt: skip
    settle(share)
    return share


@service(Action.SHARE_GRANT, on="customer", people=("person",))
def change(*, actor, customer, person, share, right, until, why):
    """Replace a share of `person` by one with this right and end, from now on. Returns the new one.

    The old row ends (one that has not begun disappears, and its start is kept). Refuses as `grant`;
    Conflict when the share is over, is not this person's, or nothing about it would change.
    """
    old = live(customer, share)
    if old is None or old.user_id != person.pk:
        raise Conflict(_("This share has already ended."))
    start = max(database_now(), old.period.lower)
    refuse_terms(right, why, start, until)
    refuse_receiver(actor, person, right, start)
    refuse_holder(customer, person, right, until)
    before = old.permission.codename, old.period.upper
    if before == (right, until):
        raise Refused(_("This is what the share says already."), field="until")
    stop(old, start)
    record(old, {"until": (before[1], start)}, customer=customer)
    share = put(actor, customer, person, right, DateTimeTZRange(start, until, "[)"), why)
    record(share, {"person": (None, person.pk), "right": (before[0], right),
                   "until": (before[1], until), "replaces": (None, old.pk)},
           customer=customer)  # fmt: skip
    settle(share)
    return share


@service(Action.SHARE_GRANT, on="customer")
def revoke(*, actor, customer, share):
    """End a share now; one that has not begun disappears. Conflict when it has already ended."""
    row = live(customer, share)
    if row is None:
        raise Conflict(_("This share has already ended."))
    now = database_now()
    record(row, {"until": (row.period.upper, now)}, customer=customer)
    stop(row, now)
    access_index.recompute([customer.pk])


@ends_when_leaving
def end_all_of(person):
    """Who leaves loses every share, those ahead too: coming back finds no right of before.

    Nothing else ends one. A freeze, and a notice for most of them, takes the rights away by the
    state itself, at query time, so that a mistaken one is lifted without a loss. What the leaver
    gave to others was the company's decision: it runs to its end and stands in the list of shares
    under "given by somebody who has left", for whoever may end it.
    """
    mine = Share.objects.filter(user=person, period__endswith__gt=database_now())
    customers = sorted(set(mine.values_list("content_object", flat=True)))
    list(Customer.objects.select_for_update().filter(pk__in=customers).order_by("pk"))
    rows, now = list(mine.select_for_update().order_by("pk")), database_now()
    record_many([
        {"subject": row, "customer": row.content_object_id,
         "changes": {"person": (person.pk, None), "until": (row.period.upper, now)}}
        for row in rows
    ])  # fmt: skip
    for row in rows:
        stop(row, now)
    access_index.recompute(customers)


# -- rows ----------------------------------------------------------------------------------------


def live(customer, share):
    """The share, locked, if it is one of this customer and not over; else None."""
    rows = Share.objects.select_for_update(of=("self",)).select_related("permission")
    row = rows.filter(pk=share.pk, content_object=customer).first()
    return row if row and row.period.upper > database_now() else None


def put(actor, customer, person, right, period, why):
    """Write a share inside a running verb; a double is refused by the database."""
    permission = Permission.objects.get(content_type__app_label="crm", codename=right)
    return Share.objects.create(
        content_object=customer, user=person, permission=permission, reason=why[:300],
        period=period, granted_by=actor,
    )  # fmt: skip


def stop(share, at):
    """End a share at an instant; one that would not have begun by then goes, as it gave nothing."""
    outdate("share.given", share.user_id, share=share.pk)
    if share.period.lower >= at:
        Share.objects.filter(pk=share.pk).delete()
    else:
        share.period = DateTimeTZRange(share.period.lower, at, "[)")
        share.save()


def settle(share):
    """What follows a new share: the index, and a notice to whoever has it, when it begins."""
    access_index.recompute([share.content_object_id])
    notify("share.given", to="share.receiver", url=share.content_object.get_absolute_url(),
           due_at=share.period.lower, values={"share": share.pk}, share=share.pk)  # fmt: skip


@addressee("share.receiver")
def receiver_when_sent(about):
    """Whoever has the share when its notice is sent: one that was taken back tells nobody."""
    rows = Share.objects.filter(pk=about["share"], period__contains=StatementNow())
    row = rows.select_related("user").first()
    return row and row.user


# -- what is refused ------------------------------------------------------------------------------


def refuse_terms(right, why, start, until):
    """A known right, a reason, and an end within a year of the start."""
    if right not in SHARES:
        raise Refused(_("Choose one of the rights."), field="right")
    if not why.strip():
        raise Refused(_("Say why."), field="why")
    if until <= start:
        raise Refused(_("The end must lie in the future"), field="until")
    if until > start + LONGEST:
        raise Refused(_("A share lasts a year at most"), field="until")


def refuse_receiver(actor, person, right, start):
    """Who cannot be given a right: oneself, whoever is going or away, whose role has no use for it.

    Which of these it is learns only who may know the state of employment of this person.
    """
    if person.pk == actor.pk:
        raise Refused(_("Nobody shares with themselves. Ask your manager."), field="person")
    if hindrance := what_hinders(person, right, start):
        if not can(actor, Action.EMPLOYMENT_VIEW, person):
            hindrance = _(
                "This person cannot receive this right now: absence, role or employment"
                " does not allow it."
            )
        raise Refused(hindrance, field="person")


def what_hinders(person, right, start):
    """Why a person cannot be given a right from an instant on; "" if nothing does."""
    if not person.has_access or person.is_on_notice:
        return _("This person cannot receive customers now.")
    if person.absences.filter(period__contains=start).exists():
        return _("This person is away then.")
    if reach(person, ACTS[right]) == Reach.NONE:
        return _("The role of this person does not allow this right.")
    return ""


def refuse_holder(customer, person, right, until):
    """Whoever holds a seat that gives this right for as long needs no share of it."""
    seats = Assignment.objects.current().filter(customer=customer, person=person)
    for row in seats.filter(Q(period__upper_inf=True) | Q(period__endswith__gte=until)):
        if SHARES[right] & SEATS[row.seat][1] == SHARES[right]:
            text = _("This person holds a seat here that gives this right already: %(seat)s.")
            raise Refused(text % {"seat": row.get_seat_display()}, field="person")
