"""The tier: counted every night by the formula, or set by a person with a reason until a day."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action
from accounts.audit import record
from accounts.models import Person
from accounts.service import lock, service
from accounts.services import content
from accounts.services.notifications import addressee, notify
from crm.models import Customer, TierOverride, TierScore
from crm.seats import Seat
from crm.selectors import tiers
from crm.selectors.ownership import holder
from crm.services import completeness, customers
from kit import jobs, outbox
from kit.clock import database_now
from kit.dates import company_zone, next_day, today
from kit.digests import digest_of
from kit.errors import Conflict, Refused
from kit.models import Job

COUNT, OVER = "tiers.count", "tiers.over"
CHUNK = 500
LONGEST = timedelta(days=731)
HEAVIEST = 100


@service(Action.CUSTOMER_TIER, on="customer")
def override(*, actor, customer, tier, until):
    """Set the tier by hand until a day (the last one); the reason is asked for. Returns the override.

    Raises Refused at `tier`, `until` or `reason`.
    """
    if tier not in Customer.Tier.values:
        raise Refused(_("Choose one of the tiers"), field="tier")
    reason = audit.current.get().reason.strip()
    if not reason:
        raise Refused(_("Say why"), field="reason")
    in_time(until)
    last = close(customer)
    before = last.before if last else customer.tier
    row = TierOverride.objects.create(
        customer=customer, tier=tier, before=before, until=until, reason=reason, made_by=actor
    )
    record(row, {"tier": (None, tier), "until": (None, until.isoformat())}, customer=customer)
    outbox.post(OVER, due_at=next_day(until, company_zone()), override=row.pk)
    tell(put([(customer, tier)]), by_hand=True)
    return row


def in_time(until):
    """Refuse a last day that is missing, over, or more than two years away."""
    if until is None:
        raise Refused(_("Enter the last day"), field="until")
    if until < today():
        raise Refused(_("Enter a day that is not over"), field="until")
    if until > today() + LONGEST:
        raise Refused(_("Enter a day within two years"), field="until")


@service(Action.CUSTOMER_TIER, on="customer")
def end_override(*, actor, customer):
    """End a tier that was set by hand: the formula counts again, where it applies, else the tier
    of before. Returns the customer.
    """
    row = close(customer)
    if row is None:
        raise Conflict(_("The tier is not set by hand any more."))
    record(row, {"ended": (None, True)}, customer=customer)
    follow([customer], {customer.pk: row.before})
    return customer


@outbox.handler(OVER)
def override_over(effect):
    """The last day of an override is over: it ends, if nobody has ended it before."""
    row = TierOverride.objects.filter(pk=effect.payload["override"], ended_at=None).first()
    if row is not None:
        lapse(row)


def lapse(row):
    """End an override whose last day is over."""
    with audit.verb("tiers.lapse", Person.objects.system()):
        customer = lock(row.customer)
        if close(customer):
            record(row, {"ended": (None, True)}, customer=customer)
            follow([customer], {customer.pk: row.before})


def close(customer):
    """End the override of a customer that is locked; returns it, or None."""
    row = TierOverride.objects.select_for_update().filter(customer=customer, ended_at=None).first()
    if row is not None:
        row.ended_at = database_now()
        row.save(update_fields=["ended_at"])
    return row


# -- every night -----------------------------------------------------------------------------------
def count_all():
    """Begin to count every tier anew, as a job that survives its worker; one at a time."""
    busy = [Job.State.WAITING, Job.State.RUNNING]
    if Job.objects.filter(kind=COUNT, state__in=busy).exists():
        return
    amounts = [now for now, _then in tiers.revenues().values() if now > 0]
    marks = [str(amount) for amount in tiers.cutoffs(amounts)]
    jobs.start(COUNT, total=Customer.objects.count(), after=0, marks=marks)


@jobs.step(COUNT)
def count_some(job):
    """Count the next customers; where the formula applies, those without an override follow it."""
    above = Customer.objects.filter(pk__gt=job.payload["after"]).order_by("pk")
    ids = list(above.values_list("pk", flat=True)[:CHUNK])
    keep(ids, [Decimal(mark) for mark in job.payload["marks"]])
    for row in TierOverride.objects.filter(customer__in=ids, ended_at=None, until__lt=today()):
        lapse(row)  # what its own effect has missed
    if ids and tiers.formula().applies:
        apply(ids)
    job.payload["after"] = ids[-1] if ids else job.payload["after"]
    job.done += len(ids)
    return not ids


def keep(ids, marks):
    """Write the points of these customers; who has no orders any more has none."""
    rows, now = tiers.scores(ids, marks), database_now()
    for row in rows:
        row.counted_at = now
    TierScore.objects.filter(customer__in=ids).exclude(
        customer__in=[row.customer_id for row in rows]
    ).delete()
    TierScore.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["customer"],
        update_fields=["tier", "points", "parts", "counted_at"],
    )  # fmt: skip


def apply(ids):
    """Have these customers follow the formula, unless somebody has set their tier. Returns how many."""
    differ = Customer.objects.filter(
        ~Q(tier=F("tier_score__tier")), pk__in=ids, tier_score__isnull=False
    )
    with audit.verb("tiers.apply", Person.objects.system()):
        rows = list(differ.order_by("pk").select_for_update(of=("self",), no_key=True))
        # Asked under the locks: from here on nobody can set one.
        held = TierOverride.objects.filter(customer__in=rows, ended_at=None)
        by_hand = set(held.values_list("customer", flat=True))
        return len(follow([one for one in rows if one.pk not in by_hand]))


def follow(rows, before=()):
    """Give customers, locked, the tier of their points; their account managers are told.

    before: customer → the tier it had before one was set by hand, for those without points and
    where the formula is only counted and shown.
    """
    counts = tiers.formula().applies
    scores = TierScore.objects.in_bulk([one.pk for one in rows]) if counts else {}
    tier_of = dict(before) | {pk: score.tier for pk, score in scores.items()}
    moved = put([(one, tier_of[one.pk]) for one in rows if tier_of.get(one.pk)])
    tell(moved)
    return moved


def tell(moved, by_hand=False):
    """Tell the account managers of customers which tier each has now."""
    for customer, changes in moved:
        before, after = changes["tier"]
        values = {"customer": customer.pk, "before": before, "after": after, "by_hand": by_hand}
        notify("customer.tier", to="customer.manager", url=customer.get_absolute_url() + "/tier",
               values=values, customer=customer.pk)  # fmt: skip


def put(pairs):
    """Change the tiers of customers, locked; what is kept beside them follows. Returns what differed."""
    differed = customers.change([(customer, {"tier": tier}) for customer, tier in pairs])
    completeness.count([customer.pk for customer, _changes in differed])
    return differed


def change_formula(*, actor, weights, limits, applies, seen):
    """Change weights (criterion → points), limits (tier → least points) and whether it applies.

    seen: the digest of the document that was read. Raises Refused at the id of a criterion or tier.
    """
    sound(weights, limits)

    def put_in(body):
        if digest_of(body) != seen:
            raise Conflict(_("Somebody else has changed the formula. Load the page again."))
        return changed(body, weights, limits, applies)

    return content.edit(actor=actor, name=tiers.DOCUMENT, change=put_in)


def changed(body, weights, limits, applies):
    """The document with other numbers."""
    for one in body["criteria"]:
        one["weight"] = weights[one["id"]]
    return body | {"limits": limits, "applies": applies}


def sound(weights, limits):
    """Refuse weights that are no share of a hundred, and limits in the wrong order."""
    between = _("Enter a number between %(least)s and %(most)s.") % {"least": 0, "most": HEAVIEST}
    for name, value in {**weights, **limits}.items():
        if not 0 <= value <= HEAVIEST:
            raise Refused(between, field=name)
    if not any(weights.values()):
        raise Refused(_("One criterion at least must count."), field=next(iter(weights)))
    if limits["A"] <= limits["B"]:
        raise Refused(_("A needs more points than B."), field="A")


@addressee("customer.manager")
def manager_when_sent(about):
    """Whoever looks after a customer at the moment of sending."""
    customer = Customer.objects.filter(pk=about["customer"]).first()
    return customer and holder(customer, Seat.ACCOUNT_MANAGER)
