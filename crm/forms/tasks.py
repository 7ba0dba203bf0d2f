"""What is typed about tasks: planning and changing one, giving it on, closing it."""

from datetime import datetime, time

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.forms.contacts import DayField
from crm.forms.trade import SentOnceForm
from crm.models import Task
from kit.dates import company_zone
from kit.templatetags.words import shown_name

HOURS = ["%H:%M", "%H.%M", "%H：%M"]


class PeopleField(forms.ModelChoiceField):
    """One of a few people of ours."""

    def label_from_instance(self, person):
        return shown_name(person)


class ContactField(forms.ChoiceField):
    """One of the customer's contacts, or nobody; its key."""

    def clean(self, value):
        found = super().clean(value)
        return int(found) if found else None


class TaskForm(SentOnceForm):
    """A task as it is planned, or changed."""

    FIELDS = ("kind", "title", "note", "due_on", "starts_at", "contact")
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Task.Kind.choices, widget=forms.RadioSelect,
        initial=Task.Kind.TO_DO,
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("What to do"), max_length=200)
    due_on = DayField(label=gettext_lazy("Due on"))
    starts_at = forms.TimeField(
        label=gettext_lazy("At"), required=False, input_formats=HOURS,
        widget=forms.TextInput(attrs={"placeholder": "14:30", "autocomplete": "off"}),
        help_text=gettext_lazy("Of a visit, a call or a meeting; in the time of the company"),
        error_messages={"invalid": gettext_lazy("Enter a time such as 14:30")},
    )  # fmt: skip
    contact = ContactField(label=gettext_lazy("Contact"), required=False)
    person = PeopleField(None, label=gettext_lazy("Who is to do it"), empty_label=None)
    note = forms.CharField(
        label=pgettext_lazy("task", "Note"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, data=None, *, contacts, people=None, **options):
        """contacts: those that can be named. people: who may have it; None where that is not asked."""
        super().__init__(data, **options)
        self.fields["due_on"].required = True
        offered = [(contact.pk, shown_name(contact)) for contact in contacts]
        self.fields["contact"].choices = [("", _("Nobody in particular")), *offered]
        self.fields["contact"].widget.choices = self.fields["contact"].choices
        if people is None:
            del self.fields["person"]
        else:
            self.fields["person"].queryset = people

    def clean(self):
        """The hour belongs to the day."""
        day, hour = self.cleaned_data.get("due_on"), self.cleaned_data.get("starts_at")
        if day and isinstance(hour, time):
            self.cleaned_data["starts_at"] = datetime.combine(day, hour, company_zone())
        return self.cleaned_data


class GiveForm(forms.Form):
    """To whom a task is given."""

    person = PeopleField(None, label=gettext_lazy("Who is to do it"), empty_label=None)

    def __init__(self, data=None, *, people, **options):
        super().__init__(data, **options)
        self.fields["person"].queryset = people


class FinishForm(forms.Form):
    """What came of it."""

    outcome = forms.CharField(
        label=gettext_lazy("What came of it"), max_length=2_000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class DropForm(forms.Form):
    """Why it will not be done."""

    why = forms.CharField(
        label=gettext_lazy("Why it will not be done"), max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def as_typed(task):
    """A task as the first values of its change."""
    values = {name: getattr(task, name) for name in TaskForm.FIELDS}
    hour = task.starts_at and task.starts_at.astimezone(company_zone())
    return values | {
        "contact": task.contact_id or "", "starts_at": hour and f"{hour:%H:%M}",
        "version": task.version,
    }  # fmt: skip
