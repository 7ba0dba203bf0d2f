"""What is typed to add a task to an open case."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.forms.tasks import PeopleField
from handover.forms.departures import DayField
from handover.selectors.added_tasks import steps


class CustomerField(forms.ModelChoiceField):
    """One customer of the case."""

    def label_from_instance(self, handover):
        return handover.customer.name


class AddedTaskForm(forms.Form):
    """What, who, by when; the customer and the step where it matters."""

    title = forms.CharField(label=_("What to do"), max_length=200)
    person = PeopleField(None, label=_("Who is to do it"), empty_label="–")
    due_on = DayField(label=_("By when"))
    handover = CustomerField(
        None, label=pgettext_lazy("of a task", "Customer"), required=False,
        empty_label=_("The whole case"),
    )  # fmt: skip
    step = forms.TypedChoiceField(
        label=pgettext_lazy("of a departure", "Step"), required=False, coerce=int, empty_value=None
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, people, customers, **options):
        super().__init__(data, **options)
        self.fields["person"].queryset = people
        self.fields["handover"].queryset = customers
        self.fields["step"].choices = [("", _("By customer and day")), *steps()]
        if not customers:
            del self.fields["handover"]
