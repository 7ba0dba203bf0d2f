"""How the notices about customers read. Names are those the reader may see at this moment."""

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.selectors.notifications import Line, renders
from accounts.selectors.org import people_led_by
from crm.models import (
    Activity,
    Change,
    ChangeSet,
    Customer,
    Depth,
    Import,
    ImportantDate,
    Share,
    Task,
)
from crm.seats import Seat
from crm.selectors import depth as depths
from crm.selectors import important_dates as dates
from crm.selectors.shares import share_words
from crm.selectors.tasks import readable
from kit.clock import StatementNow
from kit.dates import company_zone
from kit.templatetags.words import edge_words, grouped, short_day_words, shown_name

OUT = [Change.State.LEFT_OUT, Change.State.DECLINED]


@renders("seat.assigned", outside=_lazy("You now hold a seat at a customer."))
def seat_assigned(viewer, notices):
    """You hold a seat of a customer now."""
    ids = {notice.values.get("customer") for notice in notices}
    customers = Customer.objects.visible_to(viewer).filter(pk__in=ids).in_bulk()
    return {
        notice.pk: seat_line(customers.get(notice.values.get("customer")), notice.values)
        for notice in notices
    }


def seat_line(customer, values):
    seat = Seat(values["seat"]).label if values.get("seat") in Seat.values else _("a seat")
    if customer is None:
        return Line(_("You were given a customer that is no longer in your care."), leads=False)
    names = {"seat": seat, "customer": customer.name}
    return Line(
        _("You now hold a seat at %(customer)s: %(seat)s.") % names, customers=[customer.pk]
    )


@renders("share.given", outside=_lazy("A customer was shared with you."))
def share_given(viewer, notices):
    """A customer is shared with you for a time."""
    ids = {notice.values.get("share") for notice in notices}
    rows = Share.objects.visible_to(viewer).filter(user=viewer, pk__in=ids)
    rows = rows.filter(period__contains=StatementNow())
    rows = rows.select_related("content_object", "granted_by", "permission").in_bulk()
    return {notice.pk: share_line(rows.get(notice.values.get("share"))) for notice in notices}


def share_line(share):
    if share is None:
        return Line(_("A share of a customer that has ended or was changed."), leads=False)
    zone = company_zone()
    names = {
        "person": shown_name(share.granted_by), "customer": share.content_object.name,
        "right": share_words(share), "day": edge_words(share.period.upper, zone, last=True),
    }  # fmt: skip
    text = _("%(person)s shared %(customer)s with you until %(day)s: %(right)s.")
    return Line(text % names, customers=[share.content_object_id])


@renders("activity.joint", outside=_lazy("Confirm that you came along on a visit."))
def joint_activity(viewer, notices):
    """Somebody logged a visit at which you came along."""
    ids = {notice.values.get("activity") for notice in notices}
    rows = Activity.objects.visible_to(viewer).filter(pk__in=ids)
    activities = rows.select_related("customer", "author").in_bulk()
    return {
        notice.pk: joint_line(activities.get(notice.values.get("activity"))) for notice in notices
    }


def joint_line(activity):
    if activity is None:
        return Line(_("A joint visit that you can no longer see."), leads=False)
    names = {"person": activity.author_shown, "customer": activity.customer.name}
    text = _("%(person)s logged a visit at %(customer)s with you. Confirm that you were there.")
    return Line(text % names, customers=[activity.customer_id])


@renders("customer.dispute", outside=_lazy("A customer was entered again. Decide whose it is."))
def customer_dispute(viewer, notices):
    """A customer of one's people was entered again. By whom stays unsaid."""
    ids = {notice.values.get("customer") for notice in notices}
    customers = Customer.objects.visible_to(viewer).filter(pk__in=ids).in_bulk()
    return {
        notice.pk: dispute_line(customers.get(notice.values.get("customer"))) for notice in notices
    }


def dispute_line(customer):
    if customer is None:
        return Line(_("A customer was entered again that is no longer in your care."), leads=False)
    text = _("%(customer)s was entered again by somebody else. Decide whose customer it is.")
    return Line(text % {"customer": customer.name}, customers=[customer.pk])


@renders("customer.tier", outside=_lazy("The tier of a customer has changed."))
def customer_tier(viewer, notices):
    """The formula has given a customer of yours another tier."""
    ids = {notice.values.get("customer") for notice in notices}
    customers = Customer.objects.visible_to(viewer).filter(pk__in=ids).in_bulk()
    return {
        notice.pk: tier_line(customers.get(notice.values.get("customer")), notice.values)
        for notice in notices
    }


def tier_line(customer, values):
    if customer is None:
        return Line(
            _("The tier of a customer changed that is no longer in your care."), leads=False
        )
    names = {"customer": customer.name} | {one: values.get(one, "") for one in ("before", "after")}
    text = (
        _("The tier of %(customer)s was set by hand from %(before)s to %(after)s.")
        if values.get("by_hand")
        else _("%(customer)s went from tier %(before)s to %(after)s by the formula.")
    )
    return Line(text % names, customers=[customer.pk])


@renders("import.ended", outside=_lazy("A long import of yours has ended."))
def import_ended(viewer, notices):
    """A long import was checked, is done, or has been taken back."""
    ids = {notice.values.get("import") for notice in notices}
    imports = Import.objects.visible_to(viewer).in_bulk(ids)
    return {
        notice.pk: import_line(imports.get(notice.values.get("import")), notice.values.get("what"))
        for notice in notices
    }


def import_line(imported, what):
    if imported is None:
        return Line(_("An import that you can no longer see."), leads=False)
    texts = {
        "checked": _("%(file)s was checked: %(accepted)s rows are sound, %(refused)s are refused."),
        "undone": _("The import of %(file)s was taken back."),
    }
    done = _(
        "%(file)s was imported: %(created)s rows created, %(updated)s updated, %(refused)s refused."
    )
    counts = ("accepted", "refused", "created", "updated")
    values = {name: grouped(getattr(imported, name)) for name in counts}
    return Line(texts.get(what, done) % (values | {"file": imported.file_name}))


@renders("task.due", outside=_lazy("A task of yours is due."))
def task_due(viewer, notices):
    """A task is to be done today; the reader has it, or stands in for who has."""
    tasks = tasks_of(viewer, notices)
    return {notice.pk: due_line(viewer, tasks.get(notice.values.get("task"))) for notice in notices}


def tasks_of(viewer, notices):
    """The tasks that notices are about and their reader may see, by key."""
    ids = {notice.values.get("task") for notice in notices}
    rows = Task.objects.visible_to(viewer).filter(pk__in=ids).select_related("customer", "person")
    return rows.in_bulk()


def due_line(viewer, task):
    if task is None:
        return gone_line()
    names = {
        "task": readable(task, viewer).title, "customer": task.customer.name,
        "day": short_day_words(task.due_on),
    }  # fmt: skip
    text = _("Due on %(day)s at %(customer)s: %(task)s")
    if task.person_id != viewer.pk:
        names["person"] = shown_name(task.person)
        text = _("Due on %(day)s at %(customer)s, for %(person)s who is not here: %(task)s")
    return Line(text % names, customers=[task.customer_id])


def gone_line():
    return Line(_("A task at a customer that is no longer in your care."), leads=False)


@renders("task.given", outside=_lazy("Somebody gave you a task."))
def task_given(viewer, notices):
    """Somebody gave the reader a task."""
    tasks = tasks_of(viewer, notices)
    people = Person.objects.in_bulk({notice.values.get("by") for notice in notices} - {None})
    return {
        notice.pk: given_line(
            viewer, tasks.get(notice.values.get("task")), people.get(notice.values.get("by"))
        )
        for notice in notices
    }


def given_line(viewer, task, giver):
    if task is None:
        return gone_line()
    names = {
        "person": shown_name(giver) if giver else "–", "customer": task.customer.name,
        "task": readable(task, viewer).title, "day": short_day_words(task.due_on),
    }  # fmt: skip
    text = _("%(person)s gave you a task at %(customer)s, due on %(day)s: %(task)s")
    return Line(text % names, customers=[task.customer_id])


@renders("date.due", outside=_lazy("An important date of a customer comes soon."))
def date_due(viewer, notices):
    """An important date comes, which the reader leads."""
    ids = {notice.values.get("date") for notice in notices}
    rows = dates.with_names(ImportantDate.objects.visible_to(viewer)).in_bulk(ids)
    return {notice.pk: date_line(rows.get(notice.values.get("date")), notice) for notice in notices}


def date_line(row, notice):
    kind = row and dates.kind(row.kind)
    if kind is None or row.month_day is None:
        return Line(_("An important date that is no longer on record."), leads=False)
    what = shown_name(row.contact) if row.contact else row.name or kind.label
    names = {
        "what": what, "customer": row.customer.name, "day": short_day_words(notice.due_on),
        "practice": kind.practice,
    }  # fmt: skip
    text = _("%(day)s at %(customer)s: %(what)s. %(practice)s")
    return Line(text % names, customers=[row.customer_id])


@renders("depth.confirm", outside=_lazy("Confirm how deep a relation to a customer is."))
def depth_to_confirm(viewer, notices):
    """One of the reader's people has set a level at a customer of tier A."""
    ids = {notice.values.get("depth") for notice in notices}
    rows = Depth.objects.visible_to(viewer).select_related("person", "contact").in_bulk(ids)
    return {
        notice.pk: depth_line(viewer, rows.get(notice.values.get("depth"))) for notice in notices
    }


def depth_line(viewer, row):
    seen = row and depths.seen_through(viewer, row.contact)
    if not seen:
        return Line(_("A relation that you can no longer see."), leads=False)
    names = {
        "person": shown_name(row.person), "contact": shown_name(row.contact), "level": row.level,
        "customer": seen.name,
    }  # fmt: skip
    text = _("%(person)s set level %(level)s for %(contact)s at %(customer)s. Confirm it.")
    return Line(text % names, customers=[seen.pk])


@renders("changeset.proposed", outside=_lazy("A transfer of customers waits for your decision."))
def change_set_proposed(viewer, notices):
    """Somebody proposed a change set that one may decide."""
    text = _("%(person)s proposes a transfer of customers: %(count)s. Approve or refuse it.")
    return change_set_lines(viewer, notices, lambda one, values: text)


@renders("changeset.offered", outside=_lazy("You are to receive customers. Accept or decline."))
def change_set_offered(viewer, notices):
    """Customers that one is to receive."""
    text = _("You are to receive customers from %(person)s: %(count)s. Accept or decline.")
    return change_set_lines(viewer, notices, lambda one, values: text, Q(taker=viewer))


@renders(
    "changeset.silent", outside=_lazy("A receiver in your team has not answered to a transfer.")
)
def change_set_silent(viewer, notices):
    """A receiver whom one leads has not answered in time."""
    text = _("A receiver in your team has not answered to a transfer of customers: %(count)s.")
    led = Q(taker__in=people_led_by(viewer), accepted_at=None)
    return change_set_lines(viewer, notices, lambda one, values: text, led)


@renders("changeset.applied", outside=_lazy("A transfer of customers has taken effect."))
def change_set_applied(viewer, notices):
    """Seats of one's own changed."""
    text = _("A transfer by %(person)s has taken effect. Customers: %(count)s.")
    own = Q(taker=viewer) | Q(giver=viewer)
    lines = change_set_lines(viewer, notices, lambda one, values: text, own)
    return lines | former_lines(viewer, [one for one in notices if not lines[one.pk].leads])


def former_lines(viewer, notices):
    """Who gave customers away and sees them no more: how many, when, by whom. Of none its name."""
    ids = {notice.values.get("change_set") for notice in notices}
    rows = Change.objects.filter(giver=viewer, change_set__in=ids).exclude(state__in=OUT)
    counts = dict(rows.order_by().values_list("change_set").annotate(Count("customer")))
    sets = ChangeSet.objects.filter(pk__in=counts).select_related("made_by").in_bulk()
    text = _("By a transfer of %(person)s you no longer look after customers: %(count)s.")
    return {
        notice.pk: Line(
            text % {"person": shown_name(sets[pk].made_by), "count": grouped(counts[pk])},
            leads=False,
        )
        for notice in notices
        if (pk := notice.values.get("change_set")) in sets
    }


DECIDED = {
    "approved": _lazy("Your transfer of customers was approved: %(count)s."),
    "refused": _lazy("Your transfer of customers was refused: %(count)s."),
    "declined": _lazy("A receiver declined customers of your transfer: %(count)s left."),
    "stopped": _lazy(
        "Your transfer was stopped, nothing was changed: something it rests on has moved."
    ),
    "applied": _lazy("Your transfer has taken effect. Customers: %(count)s."),
}


@renders("changeset.decided", outside=_lazy("There is news of a transfer that you proposed."))
def change_set_decided(viewer, notices):
    """What became of a change set that one proposed."""
    return change_set_lines(viewer, notices, lambda one, values: str(DECIDED[values["what"]]))


def change_set_lines(viewer, notices, words, of=None):
    """Notice → its line; words: function of (change set, values of the notice).

    of: condition on the rows that the notice is about. Counted are those the viewer may see.
    """
    ids = {notice.values.get("change_set") for notice in notices}
    sets = ChangeSet.objects.visible_to(viewer).filter(pk__in=ids).select_related("made_by")
    sets = sets.in_bulk()
    rows = Change.objects.visible_to(viewer).filter(of or Q(), change_set__in=sets)
    rows = rows.exclude(state__in=OUT).order_by().values_list("change_set")
    counts = dict(rows.annotate(Count("customer", distinct=True)))
    lines = {}
    for notice in notices:
        one = sets.get(notice.values.get("change_set"))
        if one is None:
            lines[notice.pk] = Line(
                _("A transfer of customers that you cannot see now."), leads=False
            )
            continue
        values = {"person": shown_name(one.made_by), "count": grouped(counts.get(one.pk, 0))}
        lines[notice.pk] = Line(words(one, notice.values) % values)
    return lines


# -- visits that arrived late ----------------------------------------------------------------------
@renders("late_visits.waiting", outside=_lazy("Visits arrived late. Look at them."))
def late_visits_wait(viewer, notices):
    """Somebody without access sent visits that wait for a decision."""
    return late_lines(viewer, notices, late_words)


@renders("late_visits.refused", outside=_lazy("Visits came too late and were not taken."))
def late_visits_refused(viewer, notices):
    """Somebody without access sent visits after the time for them was over."""
    return late_lines(viewer, notices, refused_words)


def late_lines(viewer, notices, words):
    people = Person.objects.visible_to(viewer).in_bulk(
        {notice.values.get("person") for notice in notices}
    )
    return {notice.pk: Line(words(people.get(notice.values.get("person")), notice.values["count"]))
            for notice in notices}  # fmt: skip


def late_words(person, count):
    text = ngettext("%(count)s visit of %(person)s arrived after the end of access. Look at it.",
                    "%(count)s visits of %(person)s arrived after the end of access. Look at them.",
                    count)  # fmt: skip
    return text % {"count": grouped(count), "person": shown_name(person) if person else "–"}


def refused_words(person, count):
    text = ngettext("%(count)s visit of %(person)s came more than 72 hours late and was not taken.",
                    "%(count)s visits of %(person)s came more than 72 hours late and were not taken.",
                    count)  # fmt: skip
    return text % {"count": grouped(count), "person": shown_name(person) if person else "–"}
