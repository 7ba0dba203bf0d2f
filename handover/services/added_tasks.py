"""Tasks that no template foresaw are added to an open case; they count as scope from that day on."""

from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.access import Action
from accounts.audit import record
from accounts.models import Notice
from accounts.service import service
from accounts.services.notifications import notify
from handover.models import Departure, HandoverTask
from handover.selectors import added_tasks as shapes
from handover.services import handover_reminders
from handover.services.departures import LONGEST
from handover.services.handover_tasks import text
from kit.dates import company_zone, today
from kit.errors import Conflict, NotAllowed, Refused
from kit.locks import hold_off
from kit.once import DoneAlready, first_kept, harmless_twice

MOST = 200  # added to one case


@harmless_twice
@service(Action.DEPARTURE_VIEW, on="departure", people=("person",))
def add(*, actor, departure, title, person, due_on, handover=None, step=None, client_uuid=None):
    """Add a task to an open case. Returns it.

    person: who does it; the leaver up to the last working day alone. handover: the customer of this
    case it is about. step: 1 to 7 without the signatures, default by customer and day. client_uuid:
    sent twice, it is one task.
    """
    if not shapes.may_add(actor, departure):
        raise NotAllowed()
    title = text(title, "title", _("Say what is to be done"), most=200)
    key = shapes.key_of(client_uuid or uuid4())
    first_of(departure, key, title)
    if departure.state != Departure.State.OPEN:
        raise Conflict(_("This case is not open."))
    check_room(departure)
    check_day(departure, due_on)
    check_doer(departure, person, due_on)
    check_place(departure, handover, step)
    task = HandoverTask.objects.create(
        departure=departure, handover=handover, key=key, title=title, person=person, due_on=due_on,
        step=step or shapes.step_of(departure, handover, due_on),
        who="leaver" if person.pk == departure.person_id else shapes.WHO,
    )  # fmt: skip
    record(task, {"title": (None, title), "person": (None, person.pk), "due_on": (None, due_on)},
           customer=handover and handover.customer_id, personal=("title",))  # fmt: skip
    tell(task)
    return task


def first_of(departure, key, title):
    """Let what comes under one number pass once; another title under it is refused."""
    hold_off(key)
    first = HandoverTask.objects.filter(departure=departure, key=key).first()
    if first is not None and first.title != title:
        raise first_kept()
    if first is not None:
        raise DoneAlready(first)


def check_room(departure):
    """A case is no list of everything."""
    if departure.tasks.filter(who=shapes.WHO).count() >= MOST:
        raise Refused(_("No further tasks can be added to this case."))


def check_day(departure, due_on):
    """From today on, within two years after the end, and not on the last day itself."""
    if due_on == departure.last_day:
        raise Refused(_("Nothing is due on the last working day itself."), field="due_on")
    if not today(company_zone()) <= due_on <= departure.last_day + LONGEST:
        raise Refused(_("Enter a day from today on."), field="due_on")


def check_doer(departure, person, due_on):
    """Somebody who can do it by then: whoever leaves has no time after the last day."""
    leaves = person.pk == departure.person_id
    if leaves and due_on > departure.last_day:
        words = _("Whoever leaves does nothing after the last working day.")
        raise Refused(words, field="due_on")
    if not shapes.doers(departure).filter(pk=person.pk).exists():
        raise Refused(_("This person cannot receive tasks now."), field="person")


def check_place(departure, handover, step):
    """A customer of this case, and a step that takes tasks."""
    if handover is not None and handover.departure_id != departure.pk:
        raise Refused(_("Choose a customer of this case."), field="handover")
    if step is not None and step not in dict(shapes.steps()):
        raise Refused(_("Choose one of these steps."), field="step")


def tell(task):
    """Remind of it on its day; say so at once, unless the case is still confidential."""
    handover_reminders.plan(task.departure)
    if not task.departure.is_secret:
        notify("handover.given", to="handover.taker", kind=Notice.Kind.ACTION,
               url=task.get_absolute_url(), values={"task": task.pk}, due_on=task.due_on,
               task=task.pk, person=task.person_id)  # fmt: skip
