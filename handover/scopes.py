"""Who sees a departure case and what belongs to it.

While a case is confidential only the people named in it see it. Afterwards: those whose power
reaches the leaver, and whoever has a task, a signature or a customer to take in it. The leaver sees
the own case by their tasks, once it is no secret; a draft is seen by those who run cases alone.
"""

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast

from accounts.access import Action, Reach, Role, reach
from accounts.scopes import PersonScope, keeps_from_trail
from accounts.selectors.org import people_led_by
from crm.scopes import keeps_tasks
from kit.clock import StatementNow
from kit.scoping import Scope

RUNNING = (Action.DEPARTURE_RUN, Action.DEPARTURE_WAIVE, Action.EVIDENCE_TAKE)


class DepartureScope(Scope):
    """Departures and their rows; `path` is the lookup from the model to the departure ("" is itself)."""

    keeps_secrets = True  # not even counts of its rows go past it

    def __init__(self, path=""):
        self.path = path

    def narrow(self, queryset, person, action, at):
        from handover.models import Departure

        width = reach(person, action or Action.DEPARTURE_VIEW)
        if width == Reach.NONE:
            return queryset.none()
        cases = Departure.objects.filter(self.seen(person, action, width, at)).values("pk")
        return queryset.filter(**{f"{self.path or 'pk'}__in": cases})

    def seen(self, person, action, width, at):
        """The condition of the cases a person sees for an action."""
        secret = Q(confidential_until__gt=StatementNow())
        named = Q(opened_by=person.pk) | Q(Exists(named_in(person)))
        open_to = led(person, width, at)
        if action not in RUNNING:
            open_to |= known() & concerned(person)
        elif width == Reach.OWN:
            open_to = Q(pk__in=[])
        others = ~Q(person=person.pk) | known() & concerned(person)
        return (secret & named | ~secret & open_to) & others & ~(secret & Q(person=person.pk))


def led(person, width, at):
    """The cases of people whom a power of this width reaches; never one's own."""
    if width == Reach.ALL:
        return ~Q(person=person.pk) & (Q() if runs(person) else known())
    if width > Reach.OWN:
        return Q(person__in=people_led_by(person, at) - {person.pk}) & known()
    return Q(pk__in=[])


def runs(person):
    """Whether a person runs departure cases: drafts and what came to nothing are for them alone."""
    return reach(person, Action.DEPARTURE_RUN) == Reach.ALL


def known():
    """The condition of cases that others than those who run them may know: opened, and not taken back
    before they were no secret any more."""
    return Q(opened_at__isnull=False) & ~Q(state="withdrawn", revealed_at__isnull=True)


def concerned(person):
    """The cases in which a person has something to do."""
    from handover.models import CustomerHandover, HandoverTask

    tasks = HandoverTask.objects.filter(departure=OuterRef("pk"), person=person.pk)
    taken = CustomerHandover.objects.filter(departure=OuterRef("pk"), successor=person.pk)
    return Q(witness=person.pk) | Q(Exists(tasks)) | Q(Exists(taken))


def named_in(person):
    """The row that names a person in a confidential case, for Exists."""
    from handover.models import Departure

    return Departure.named.through.objects.filter(departure=OuterRef("pk"), person=person.pk)


class OwnPartScope(DepartureScope):
    """Rows of a case that somebody who has but a part in it sees only where the part is theirs.

    The whole: who runs the case or is named in it, the witness, who leads the leaver or sees all.
    `handover` and `task` are the lookups from the model to those rows, None where it has none.
    """

    def __init__(self, path, handover=None, task=None):
        super().__init__(path)
        self.handover, self.task = handover, task

    def narrow(self, queryset, person, action, at):
        rows = super().narrow(queryset, person, action, at)
        if rows.query.is_empty():
            return rows
        width = reach(person, action or Action.DEPARTURE_VIEW)
        return rows.filter(self.whole(person, width, at) | self.mine(person))

    def whole(self, person, width, at, path=""):
        """The condition of the rows of cases that a person sees as a whole; see `path`."""
        from handover.models import Departure

        cases = Q(opened_by=person.pk) | Q(witness=person.pk) | led(person, width, at)
        found = Departure.objects.filter(cases | Q(Exists(named_in(person)))).values("pk")
        return Q(**{f"{path or self.path}__in": found})

    def mine(self, person):
        """The condition of the rows that are a person's own: to do, to take over, to hand over."""
        from handover.models import CustomerHandover, HandoverTask

        own = Q(pk__in=[])
        if self.handover is not None:
            parts = CustomerHandover.objects.filter(
                Q(successor=person.pk)
                | Q(departure__person=person.pk)
                | Q(pk__in=HandoverTask.objects.filter(person=person.pk).values("handover"))
            )
            own |= Q(**{f"{self.handover}__in": parts.values("pk")})
        if self.task is not None:
            tasks = HandoverTask.objects.filter(
                Q(person=person.pk) | Q(handover__successor=person.pk)
            )
            own |= Q(**{f"{self.task}__in": tasks.values("pk")})
        return own


class BriefScope(OwnPartScope):
    """What was written about a customer: for those with a part in it, and who sees that customer."""

    def narrow(self, queryset, person, action, at):
        from crm.models import Customer

        rows = super().narrow(queryset, person, action, at)
        seen = Customer.objects.visible_to(person, Action.CUSTOMER_VIEW, at).values("pk")
        return rows.filter(self.mine(person) | Q(handover__customer__in=seen))


class FreezeScope(PersonScope):
    """Freezes of the people one reaches; never of oneself."""

    def narrow(self, queryset, person, action, at):
        return super().narrow(queryset, person, action, at).exclude(person=person.pk)


class CallScope(Scope):
    """Calls after a freeze: at customers one sees, by whoever calls, answers there, or leads the person.

    Who sees a customer for another reason need not learn that somebody was frozen.
    """

    def narrow(self, queryset, person, action, at):
        from crm import access

        seen = access.narrow(queryset, "customer", person, action, at)
        width = reach(person, Action.EMPLOYMENT_VIEW)
        if width == Reach.ALL:
            return seen
        led = people_led_by(person, at) - {person.pk} if width > Reach.OWN else set()
        mine = Q(caller=person.pk) | Q(freeze__person__in=led)
        return seen.filter(mine | Q(Exists(seats_of(person))))


class IncidentScope(Scope):
    """Incidents at customers one sees: for who answers or leads there, led the leaver, or opened it.

    Never for the one whom the customer follows, whatever they are by now. A share tells nothing of it.
    """

    def narrow(self, queryset, person, action, at):
        from crm import access

        seen = access.narrow(queryset, "customer", person, action, at).exclude(leaver=person.pk)
        width = reach(person, Action.EMPLOYMENT_VIEW)
        if width == Reach.ALL:
            return seen
        led = people_led_by(person, at) - {person.pk} if width > Reach.OWN else set()
        mine = Q(opened_by=person.pk) | Q(leaver__in=led) | Q(Exists(seats_of(person)))
        return seen.filter(mine | Q(Exists(customers_led(person, at))))


@keeps_tasks
def plans_about(person):
    """The condition of tasks that win a customer back which follows this very person."""
    from handover.models import Incident

    plans = Incident.tasks.through.objects.filter(task=OuterRef("pk"), incident__leaver=person.pk)
    return Q(Exists(plans))


def customers_led(person, at=None):
    """The customer of a row where it is one that a person assigns seats at, for Exists."""
    from crm.models import Customer

    rows = Customer.objects.visible_to(person, Action.SEAT_ASSIGN, at)
    return rows.filter(pk=OuterRef("customer"))


def seats_of(person):
    """The account manager's or backup's seat of a person at the customer of a row, for Exists."""
    from crm.models import Assignment
    from crm.seats import Seat

    seats = [Seat.ACCOUNT_MANAGER, Seat.BACKUP]
    return Assignment.objects.at().filter(
        customer=OuterRef("customer"), person=person.pk, seat__in=seats
    )


class SignOffScope(OwnPartScope):
    """Signatures, with all that was missing in a case: who has but a part in it sees their own."""

    def mine(self, person):
        return Q(person=person.pk)


class DocumentScope(OwnPartScope):
    """Documents of the customers of one's part, and those of no customer in any case one sees."""

    def mine(self, person):
        return super().mine(person) | Q(handover__isnull=True)


class InterviewScope(Scope):
    """Exit interviews: those of the cases that HR sees, never one's own, and for nobody else."""

    def narrow(self, queryset, person, action, at):
        from handover.models import Departure

        if reach(person, Action.EXIT_VIEW) != Reach.ALL:
            return queryset.none()
        cases = Departure.objects.visible_to(person, Action.EXIT_VIEW).values("pk")
        return queryset.filter(departure__in=cases).exclude(departure__person=person.pk)


class FollowUpScope(Scope):
    """Calls after a handover: the service line those of its customers, heads those of their people.

    No seat shows them: a head who took a customer over sees nothing of the calls there.
    """

    def narrow(self, queryset, person, action, at):
        from crm.models import Customer

        width = reach(person, action or Action.CALL_VIEW)
        if width in (Reach.NONE, Reach.ALL):
            return queryset if width else queryset.none()
        asked = Action.CUSTOMER_VIEW if width == Reach.OWN else Action.SEAT_ASSIGN
        seen = Customer.objects.visible_to(person, asked).values("pk")
        return queryset.filter(handover__customer__in=seen).exclude(handover__successor=person.pk)


@keeps_from_trail
def secrets(person):
    """The condition of entries about confidential cases of which a person may not know."""
    from django.apps import apps

    from handover.models import Departure

    secret = Q(confidential_until__gt=StatementNow())
    secret &= ~Q(opened_by=person.pk) & ~Q(Exists(named_in(person)))
    hidden = secret | Q(person=person.pk) & ~known()
    if not runs(person) and not person.has_role(Role.AUDITOR):  # who audits reads of plans, too
        hidden |= ~known()
    hidden = Departure.objects.filter(hidden).values("pk")
    found = Q(pk__in=[])
    for model in apps.get_app_config("handover").get_models():
        if path := path_of(model):
            rows = model._base_manager.filter(**{f"{path}__in": hidden})
            found |= about(model._meta.label_lower, rows)
    return found


def path_of(model):
    """The lookup from a model to the departure it belongs to; "" where it belongs to none."""
    scope = getattr(model, "scope", None)
    if isinstance(scope, DepartureScope):
        return scope.path or "pk"
    fields = {field.name for field in model._meta.concrete_fields} if scope else set()
    return "departure" if "departure" in fields else ""


def about(subject, rows):
    """The condition of entries whose subject is one of some rows."""
    keys = rows.order_by().values(row_key=Cast("pk", CharField()))
    return Q(subject_type=subject, subject_id__in=keys)
