"""What is typed about templates of departures: days, who, texts; and whom to try them with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.departures import DayField, OneField, here
from handover.models import Departure
from handover.selectors.templates import WHO

OFFSET = {
    "label": _("Working days from the last day"),
    "help_text": _("-10 is ten working days before it, 5 is five after it."),
    "error_messages": {"invalid": _("Enter a number of working days.")},
}


class RowForm(forms.Form):
    """A row of a template."""

    offset = forms.IntegerField(**OFFSET)
    who = forms.ChoiceField(label=_("Who"), choices=list(WHO.items()))
    blocking = forms.BooleanField(label=_("The case cannot close without it"), required=False)


class AddForm(forms.Form):
    """A task of the library that a template takes in."""

    task = forms.ChoiceField(label=_("Task"))
    offset = forms.IntegerField(**OFFSET)

    def __init__(self, *args, tasks, **options):
        super().__init__(*args, **options)
        self.fields["task"].choices = tasks


class TextsForm(forms.Form):
    """What a task says, in both languages."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    evidence_en = forms.CharField(label=_("Evidence in English"), max_length=300)
    evidence_zh = forms.CharField(label=_("Evidence in Chinese"), max_length=300)


class TryForm(forms.Form):
    """Somebody and a last day; nothing is written."""

    person = OneField(label=_("With whom"), empty_label="–")
    last_day = DayField(label=_("Last working day"), help_text=_("For example 2026-12-18"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Departure.Kind)

    def __init__(self, *args, viewer, **options):
        super().__init__(*args, **options)
        self.fields["person"].queryset = here().exclude(pk=viewer.pk).visible_to(viewer)
