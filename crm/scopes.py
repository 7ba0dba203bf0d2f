"""Scopes of customer-shaped models."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL

from accounts.access import Action, Reach, reach
from accounts.selectors.org import people_led_by
from kit.clock import StatementNow
from kit.scoping import Scope

GONE = ("frozen", "left")  # states in which nobody answers
# function(person) → condition on the tasks of which this person may not know, for whatever reason.
TASK_SECRETS: list[Callable] = []


def keeps_tasks(function):
    """Register the decorated function as one that keeps tasks from people."""
    TASK_SECRETS.append(function)
    return function


class CustomerScope(Scope):
    """Rows that belong to a customer: seen by whoever reaches that customer for the action.

    `path` is the lookup from the model to the customer ("pk" when it is the customer itself).
    """

    def __init__(self, path):
        self.path = path

    def narrow(self, queryset, person, action, at):
        from crm.access import narrow

        return narrow(queryset, self.path, person, action, at)


class TaskScope(CustomerScope):
    """Tasks at a customer one reaches, but for those that are about oneself; see `keeps_tasks`."""

    def narrow(self, queryset, person, action, at):
        seen = super().narrow(queryset, person, action, at)
        for secret in TASK_SECRETS if not seen.query.is_empty() else ():
            seen = seen.exclude(secret(person))
        return seen


class ContactScope(Scope):
    """Contacts and what hangs on them: seen through any customer one reaches.

    With `customer`, the row itself names a customer and only that one counts: a contact's place at
    a customer one cannot see stays unknown. Seeing works through places of the past too; whatever
    else needs a present one, as long as the contact has any: who moved away is somebody else's.
    """

    def __init__(self, path, customer=None):
        self.path, self.customer = path, customer

    def narrow(self, queryset, person, action, at):
        from crm import access
        from crm.models.contacts import Position

        if self.customer:
            return access.narrow(queryset, self.customer, person, action, at)
        sight = access.sight_of(person, action, at)
        if sight.everything:
            return queryset
        if sight.nothing:
            return queryset.none()
        places = Position.objects.filter(contact=OuterRef(self.path))
        if action not in (None, Action.CUSTOMER_VIEW):
            places = places.present()
        return queryset.filter(Exists(places.filter(access.Reaches(F("customer"), sight, at))))


class FactScope(Scope):
    """Facts of customer files: open ones with the customer, guarded ones with their own right.

    For another action than seeing, that one is needed at the customer as well.
    """

    NEEDS = (("open", Action.CUSTOMER_VIEW), ("settlement", Action.SETTLEMENT_VIEW))

    def narrow(self, queryset, person, action, at):
        from crm import access

        if action is not None:
            queryset = access.narrow(queryset, "customer", person, action, at)
        seen = Q(pk__in=[])
        for guard, need in self.NEEDS:
            sight = access.sight_of(person, need, at)
            if not sight.nothing:
                reached = Q() if sight.everything else Q(access.Reaches(F("customer"), sight, at))
                seen |= Q(guard=guard) & reached
        return queryset.filter(seen)


class PrivateFactScope(FactScope):
    """Values of private files: plain ones with the customer, masked ones with its channels, those of
    the household with a right of their own.
    """

    NEEDS = (
        ("open", Action.CUSTOMER_VIEW),
        ("masked", Action.CHANNEL_VIEW),
        ("household", Action.PRIVATE_VIEW),
    )


class DocumentFileScope(Scope):
    """Files of documents: minutes and others with the customer, what it pays with the right to that.

    What is out of use needs that right as well. For another action than seeing, that one is needed at
    the customer too.
    """

    OPEN = Q(document__category__in=("minutes", "other"), document__retired_at=None)
    NEEDS = ((OPEN, Action.CUSTOMER_VIEW), (~OPEN, Action.SETTLEMENT_VIEW))

    def narrow(self, queryset, person, action, at):
        from crm import access

        path, seen = "document__customer", Q(pk__in=[])
        if action not in (None, Action.CUSTOMER_VIEW):
            queryset = access.narrow(queryset, path, person, action, at)
        for files, need in self.NEEDS:
            sight = access.sight_of(person, need, at)
            if not sight.nothing:
                reached = Q() if sight.everything else Q(access.Reaches(F(path), sight, at))
                seen |= files & reached
        return queryset.filter(seen)


class PrivateSwitchScope(Scope):
    """What may be kept of households: for those who decide about it."""

    def narrow(self, queryset, person, action, at):
        far = reach(person, action or Action.PRIVATE_SWITCH)
        return queryset if far == Reach.ALL else queryset.none()


class ErasureScope(Scope):
    """Erasures and holds: those one asked for; all of them for whoever decides or audits."""

    def narrow(self, queryset, person, action, at):
        far = reach(person, action or Action.ERASURE_VIEW)
        if far == Reach.ALL:
            return queryset
        own = "asked_by" if hasattr(queryset.model, "asked_by") else "set_by"
        return queryset.none() if far == Reach.NONE else queryset.filter(**{own: person.pk})


class ExamScope(Scope):
    """File exams: one's own at once; those that were taken, for the account manager of now at once,
    for the heads above from `opens_at` or the manager's remark on.

    To answer one needs it to be one's own, to remark on it to be the account manager.
    """

    def narrow(self, queryset, person, action, at):
        from crm import access

        def reached(sight):
            if sight.everything or sight.nothing:
                return Q() if sight.everything else Q(pk__in=[])
            return Q(access.Reaches(F("customer"), sight, at))

        own = Q(examinee=person.pk) & reached(access.sight_of(person, at=at))
        if action not in (None, Action.EXAM_VIEW):
            return queryset.filter(own) if action == Action.CUSTOMER_VIEW else queryset.none()
        sight = access.sight_of(person, Action.EXAM_VIEW, at)
        manages = reached(access.Sight(own=sight.own, need=sight.need))
        if action == Action.EXAM_VIEW:
            return queryset.filter(manages, taken_at__isnull=False)
        due = Q(opens_at__lte=at or StatementNow()) | Q(remarked_at__isnull=False)
        above = due & reached(access.Sight(everything=sight.everything, led=sight.led))
        return queryset.filter(own | Q(taken_at__isnull=False) & (manages | above))


class ActivityScope(Scope):
    """Activities at which one was a joint visitor, for 30 days: to read and to confirm."""

    DAYS = 30
    ACTIONS = (None, Action.CUSTOMER_VIEW, Action.ACTIVITY_CONFIRM)

    def narrow(self, queryset, person, action, at):
        from crm.models.activities import ActivityVisitor

        if not person.has_access or action not in self.ACTIONS:
            return queryset.none()
        since = (at or StatementNow()) - timedelta(days=self.DAYS)
        along = ActivityVisitor.objects.filter(activity=OuterRef("pk"), person=person.pk)
        return queryset.filter(Exists(along), happened_at__gte=since)


class ImportScope(Scope):
    """Imports: one's own; whoever may import for the whole company sees all of them."""

    def narrow(self, queryset, person, action, at):
        far = reach(person, action or Action.IMPORT_RUN)
        if far == Reach.NONE:
            return queryset.none()
        return queryset if far == Reach.ALL else queryset.filter(made_by=person.pk)


class ChangeScope(Scope):
    """Rows of change sets: of customers whose seats one may see, and what one is to receive."""

    def narrow(self, queryset, person, action, at):
        from crm import access

        waits = Q(state="waiting", change_set__state="approved")
        if action == Action.CHANGE_ACCEPT:
            return queryset.filter(reserved=True, taker__in=people_led_by(person))
        sight = access.sight_of(person, action or Action.SEAT_HISTORY, at)
        if sight.everything:
            return queryset
        seen = Q(pk__in=[]) if sight.nothing else Q(access.Reaches(F("customer"), sight, at))
        if action is None and person.has_access:
            late = Q(change_set__accept_by__lte=StatementNow()) | Q(taker__state__in=GONE)
            silent = late & Q(taker__in=sight.people)
            seen |= waits & silent | Q(taker=person.pk, reserved=True)
        return queryset.filter(seen)


class ChangeSetScope(Scope):
    """Change sets: those one made, and those of which one sees a row once they are proposed."""

    def narrow(self, queryset, person, action, at):
        from crm.models.changesets import Change

        if not person.has_access:
            return queryset.none()
        rows = Change.objects.filter(change_set=OuterRef("pk")).visible_to(person, action, at)
        mine = Q(pk__in=[]) if action == Action.CHANGE_ACCEPT else Q(made_by=person.pk)
        return queryset.filter(mine | Q(Exists(rows), proposed_at__isnull=False))


class SavedViewScope(Scope):
    """Saved views: one's own, and those shared with a unit that one belongs to or is below.

    To change one needs it to be one's own.
    """

    AROUND = """
        WITH RECURSIVE around AS (
            SELECT m.unit_id FROM accounts_membership m
            WHERE m.person_id = %s AND m.period @> coalesce(%s::timestamptz, statement_timestamp())
            UNION
            SELECT u.parent_id FROM accounts_unit u JOIN around ON u.id = around.unit_id
            WHERE u.parent_id IS NOT NULL
        )
        SELECT unit_id FROM around
    """

    def narrow(self, queryset, person, action, at):
        if not person.has_access:
            return queryset.none()
        seen = Q(made_by=person.pk)
        if action != Action.PROFILE_EDIT:
            seen |= Q(shared_with__in=RawSQL(self.AROUND, (person.pk, at)))  # noqa: S611
        return queryset.filter(seen)


class LateVisitScope(Scope):
    """Visits that arrived late: for whoever leads their author and assigns seats at the customer.

    Those of no customer of the author: for whoever leads them. Never one's own.
    """

    def narrow(self, queryset, person, action, at):
        from crm.models import Customer

        width = reach(person, Action.SEAT_ASSIGN)
        if width <= Reach.OWN:
            return queryset.none()
        seen = Customer.objects.visible_to(person, Action.SEAT_ASSIGN, at).values("pk")
        rows = queryset.filter(Q(customer=None) | Q(customer__in=seen)).exclude(person=person.pk)
        if width == Reach.ALL:
            return rows
        return rows.filter(person__in=people_led_by(person, at))
