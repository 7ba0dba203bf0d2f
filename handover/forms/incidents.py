"""An incident: at which customer, who left, what is known, and later how it ended."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.models import Incident
from kit.templatetags.words import shown_name


class ChoiceOfRow(forms.ModelChoiceField):
    """One row of what the reader sees, by its name."""

    def label_from_instance(self, row):
        return shown_name(row)


class IncidentForm(forms.Form):
    """Who left, and what is known."""

    leaver = ChoiceOfRow(None, label=_("Whom does the customer follow?"), empty_label=None)
    what = forms.CharField(
        label=_("What is known"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Facts: what moved, since when, in the customer's own words."),
        error_messages={"required": _("Say what is known")},
    )  # fmt: skip

    def __init__(self, data=None, *, leavers, **options):
        super().__init__(data, **options)
        self.fields["leaver"].queryset = leavers


class ClosingForm(forms.Form):
    """How it ended."""

    state = forms.ChoiceField(
        label=_("How it ended"), widget=forms.RadioSelect,
        choices=[one for one in Incident.State.choices if one[0] in Incident.ENDINGS],
        error_messages={"required": _("Choose how it ended")},
    )  # fmt: skip
    lesson = forms.CharField(
        label=_("Lesson"), max_length=1_000, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
