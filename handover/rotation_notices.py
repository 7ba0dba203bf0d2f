"""How the notices about rotation read. Names are those the reader may see at this moment."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.selectors.notifications import Line, renders
from crm.models import Customer
from handover.models import RotationExemption, RotationReminder
from kit.dates import company_zone, today
from kit.templatetags.words import day_words, grouped, shown_name


@renders("rotation.due", outside=_lazy("A rotation of yours is due."))
def rotation_due(viewer, notices):
    """The tenure of an account manager at one customer ends, or has ended."""
    ids = {notice.values.get("customer") for notice in notices}
    customers = Customer.objects.visible_to(viewer).filter(pk__in=ids).in_bulk()
    return {
        notice.pk: rotation_line(customers.get(notice.values.get("customer")), notice.due_on)
        for notice in notices
    }


def rotation_line(customer, due_on):
    if customer is None:
        return Line(_("A rotation of a customer that is no longer in your care."), leads=False)
    names = {"customer": customer.name, "day": day_words(due_on)}
    late = due_on < today(company_zone())
    text = _("The rotation of %(customer)s was due on %(day)s. Plan who comes next.") if late else _(
        "The rotation of %(customer)s is due on %(day)s. Bring the file up to date.")  # fmt: skip
    return Line(text % names, customers=[customer.pk])


@renders("rotation.overdue", outside=_lazy("Rotations in your department are overdue."))
def rotation_overdue(viewer, notices):
    """Clocks of one of one's people have been overdue for a while; counted are those one sees."""
    ids = {pk for notice in notices for pk in notice.values.get("reminders", ())}
    rows = RotationReminder.objects.visible_to(viewer).filter(pk__in=ids)
    seen = set(rows.values_list("pk", flat=True))
    people = Person.objects.in_bulk({notice.values.get("person") for notice in notices} - {None})
    return {notice.pk: overdue_line(notice.values, seen, people) for notice in notices}


def overdue_line(values, seen, people):
    count = len(seen & set(values.get("reminders", ())))
    person = people.get(values.get("person"))
    if not count or person is None:
        return Line(_("Rotations that you can no longer see."), leads=False)
    text = ngettext(
        "%(count)s rotation of %(person)s is overdue by %(days)s days or more.",
        "%(count)s rotations of %(person)s are overdue by %(days)s days or more.", count,
    )  # fmt: skip
    return Line(text % {"count": grouped(count), "person": shown_name(person), "days": values["days"]})  # fmt: skip


def exemptions_of(viewer, notices):
    ids = {notice.values.get("exemption") for notice in notices}
    rows = RotationExemption.objects.visible_to(viewer).filter(pk__in=ids)
    return rows.select_related("customer", "asked_by", "decided_by").in_bulk()


@renders("rotation.exemption", outside=_lazy("An exemption from rotation waits for you."))
def rotation_exemption(viewer, notices):
    """Somebody asks that a customer stays with its account manager."""
    rows = exemptions_of(viewer, notices)
    return {n.pk: exemption_line(rows.get(n.values.get("exemption")), decided=False) for n in notices}  # fmt: skip


@renders("rotation.exemption.decided", outside=_lazy("Your exemption from rotation was decided."))
def rotation_exemption_decided(viewer, notices):
    """What became of an exemption that one asked for."""
    rows = exemptions_of(viewer, notices)
    return {n.pk: exemption_line(rows.get(n.values.get("exemption")), decided=True) for n in notices}  # fmt: skip


def exemption_line(row, decided):
    if row is None:
        return Line(_("An exemption of a customer that is no longer in your care."), leads=False)
    names = {"customer": row.customer.name, "day": day_words(row.until)}
    if not decided:
        names["person"] = shown_name(row.asked_by)
        text = _("%(person)s asks that %(customer)s stays with its account manager until %(day)s.")
    elif row.state == RotationExemption.State.REFUSED:
        text = _("Your exemption of %(customer)s from rotation was refused.")
    else:
        text = _("Your exemption of %(customer)s from rotation until %(day)s was approved.")
    return Line(text % names, customers=[row.customer_id])
