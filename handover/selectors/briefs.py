"""The handover brief of a customer: its questions by tier, its answers, what the live data says.

A text that is filled in says where it comes from; nothing of it is stored before somebody saves it.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Action, can
from accounts.selectors.content import content, said
from crm.models import Activity, Position, Task
from crm.selectors import contacts, customer_page, network, trade
from handover.models import BriefAnswer, CustomerHandover
from handover.selectors import handover_tasks
from handover.selectors.brief_file import FromFile
from kit.clock import database_now
from kit.templatetags.formats import money_words
from kit.templatetags.words import grouped, short_day_words, shown_name

SHORT = "short"
YEAR = timedelta(days=365)
LONGEST = 2_000  # signs of an answer
Brief = CustomerHandover.Brief


@dataclass
class Question:
    """One question with what stands there: an answer, or what the live data says with its source."""

    key: str
    label: str
    text: str = ""
    source: str = ""
    answer: BriefAnswer | None = None
    from_file: list = field(default_factory=list)  # what the reader may know of it, from the file
    errors: list = field(default_factory=list)


def asked(tier):
    """The questions of a tier, in order, as the content has them: all, or the short form for C."""
    rows = content("departure")["customer_brief"]
    return [row for row in rows if tier in ("A", "B") or row["form"] == SHORT]


def questions(viewer, handover, live=False):
    """The Questions of a customer's brief, with answers; live: the empty ones filled from the data."""
    given = {row.question: row for row in answers(viewer, handover)}
    known, fills = Facts(viewer, handover.customer), live and not given
    found = []
    for row in asked(handover.tier):
        question = Question(row["id"], said(row["question"]), answer=given.get(row["id"]))
        if given or live:
            question.from_file = known.beside(row["id"])
        if question.answer:
            question.text = question.answer.text
        elif fills:
            question.text, question.source = known.about(row["id"])
        found.append(question)
    return found


def answers(viewer, handover):
    """What was written, as far as the viewer may read it: the receiver not before it is submitted."""
    rows = BriefAnswer.objects.visible_to(viewer).filter(handover=handover)
    unread = handover.brief == Brief.DRAFT and not may_write(viewer, handover)
    return rows.none() if unread else rows


def may_write(person, handover):
    """Whose brief it is: who has its task, the leaver where nobody has, and who leads them."""
    tasks = list(handover.tasks.filter(key__in=handover_tasks.BRIEFS).select_related("departure"))
    if not tasks:
        return person.pk == handover.departure.person_id
    # HR knows states, not customers: what is written about one is not theirs.
    return any(
        person.pk == task.person_id
        or (handover_tasks.leads(person, task) and can(person, Action.CUSTOMER_VIEW))
        for task in tasks
    )


def may_judge(person, handover):
    """Whether a person accepts or returns the brief: who takes the customer over, nobody else."""
    return person.pk == handover.successor_id


class Facts:
    """What the live data says to the questions, as far as a viewer sees the customer."""

    def __init__(self, viewer, customer):
        self.viewer, self.customer = viewer, customer
        self.sees = can(viewer, Action.CUSTOMER_VIEW, customer)
        self.now = database_now()
        self.file = FromFile(viewer, customer)

    def about(self, key):
        """(text, where it comes from) for a question; two empty texts where the data says nothing."""
        if not self.sees:
            return "", ""
        ask = getattr(self, key, None)
        text, source = (ask() if ask else None) or ("", "")
        lines = self.file.copied(key)
        if not text and not lines and self.file.beside(key):
            return _("As the customer file says."), ""
        if not lines:
            return text, source
        sources = [source, _("from the customer file")] if source else [_("from the customer file")]
        text = "\n".join([*([text] if text else []), *lines])[:LONGEST]
        return text, _(" and ").join(sources)

    def beside(self, key):
        """Lines of the file for this reader, never kept in the brief."""
        return self.file.beside(key) if self.sees else []

    def brief_decider(self):
        places = list(contacts.at_customer(self.viewer, self.customer))
        deciding = [
            place for place in places
            if getattr(place, "is_key", None) or place.function == Position.Function.DECISION
        ]  # fmt: skip
        names = [
            f"{shown_name(place.contact)} ({place.title or place.get_function_display()})"
            for place in deciding
        ]
        return ("\n".join(names), _("from the contacts")) if names else None

    def brief_open_promise(self):
        steps = [
            dated(step.next_step, step.next_step_on)
            for step in customer_page.next_steps(self.viewer, self.customer)
        ]
        tasks = Task.objects.open().visible_to(self.viewer).filter(customer=self.customer)
        lines = steps + [dated(task.title, task.due_on) for task in tasks.order_by("due_on")[:10]]
        return ("\n".join(lines), _("from next steps and tasks")) if lines else None

    def brief_next_step(self):
        for step in customer_page.next_steps(self.viewer, self.customer):
            text = dated(step.next_step, step.next_step_on)
            return f"{text} ({step.author_shown})", _("from the next steps")
        return None

    def brief_pay(self):
        if not can(self.viewer, Action.TRADE_VIEW, self.customer):
            return None
        found = trade.standing(self.customer)
        if not found.orders:
            return None
        lines = [_("Orders of twelve months: %(money)s") % {"money": in_money(found.year, found)}]
        if found.receivable:
            owed = in_money(found.receivable, found)
            lines.append(_("Owed now: %(money)s") % {"money": owed})
        if found.oldest and found.oldest.first:
            lines.append(ngettext("Something is owed for more than %(n)s day",
                                  "Something is owed for more than %(n)s days",
                                  found.oldest.first) % {"n": found.oldest.first})  # fmt: skip
        return "\n".join(lines), _("from orders and payments")

    def brief_supporter(self):
        known = network.of_customer(self.viewer, self.customer)
        warm = [thread for thread in known.threads if thread.tier in ("strong", "moderate")]
        names = {shown_name(thread.contact): thread for thread in warm}
        lines = [
            _("%(contact)s, met by %(person)s")
            % {"contact": name, "person": shown_name(thread.person)}
            for name, thread in names.items()
        ]
        return ("\n".join(lines[:5]), _("from visits and calls")) if lines else None

    def brief_rhythm(self):
        rows = Activity.objects.filter(
            customer=self.customer, happened_at__gte=self.now - YEAR,
            kind__in=[Activity.Kind.VISIT, Activity.Kind.CALL],
        )  # fmt: skip
        visits = rows.filter(kind=Activity.Kind.VISIT).visible_to(self.viewer).count()
        calls = rows.filter(kind=Activity.Kind.CALL).visible_to(self.viewer).count()
        if not visits + calls:
            return None
        text = _("Visits in twelve months: %(visits)s, calls: %(calls)s")
        return text % {"visits": grouped(visits), "calls": grouped(calls)}, _("from the timeline")


def dated(text, day):
    """A promise with its day."""
    text = text or _("Next step")
    return f"{text} ({short_day_words(day)})" if day else text


def in_money(amount, standing):
    return money_words(amount, standing.currency)


def promises(viewer, customer):
    """What is promised and open at a customer: (next steps, tasks), as far as the viewer sees them."""
    if not can(viewer, Action.CUSTOMER_VIEW, customer):
        return [], []
    tasks = Task.objects.open().visible_to(viewer).filter(customer=customer)
    steps = customer_page.next_steps(viewer, customer)
    return steps, list(tasks.select_related("person").order_by("due_on", "pk")[:20])
