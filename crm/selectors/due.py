"""What is due for a person as one list: tasks, and next steps that were agreed at a visit."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.models import Customer
from crm.selectors import tasks, worklist
from kit.templatetags.words import shown_name


@dataclass
class Due:
    """One thing that is due: a task, or a next step."""

    on: date
    text: str
    customer: Customer
    url: str
    done_url: str
    by: str = ""  # whose it is, where that is somebody else
    acting: bool = False  # the reader does it for the account manager
    task: int | None = None
    kind: str = ""

    @property
    def customer_id(self):
        return self.customer.pk


def due(person, answers, most=8):
    """Up to a week ahead, the oldest first. answers: the `Mine` of the person."""
    steps = [of_step(step, person, answers) for step in worklist.due_steps(person, answers.all)]
    found = [*steps, *(of_task(task, person, answers) for task in tasks.due(person, most))]
    return sorted(found, key=lambda one: (one.on, one.task is None))[:most]


def of_step(step, person, answers):
    """A next step as something due."""
    promised = _("promised by %(name)s") % {"name": step.author_shown}
    return Due(
        step.next_step_on, step.next_step or _("Get in touch again"), step.customer,
        step.get_absolute_url(), reverse("crm:activity-next-step", args=[step.pk]),
        by="" if step.author_id == person.pk else promised,
        acting=step.customer_id in answers.acting,
    )  # fmt: skip


def of_task(task, person, answers):
    """A task as something due."""
    given = _("for %(name)s") % {"name": shown_name(task.person)}
    return Due(
        task.due_on, task.title, task.customer, task.get_absolute_url(),
        reverse("crm:task-finish", args=[task.pk]),
        by="" if task.person_id == person.pk else given,
        acting=task.customer_id in answers.acting, task=task.pk, kind=task.kind,
    )  # fmt: skip
