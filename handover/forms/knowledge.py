"""What is typed about a post, and about the talk with the team."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.forms.contacts import DayField
from handover.forms.closing import area
from kit.versions import VersionField


class WriteUpForm(forms.Form):
    """An answer to each prompt."""

    version = VersionField()

    def __init__(self, data=None, *, prompts, **options):
        super().__init__(data, **options)
        self.keys = [key for key, _text in prompts]
        for key, text in prompts:
            self.fields[key] = area(text, 2_000, rows=4)

    def answers(self):
        return {key: self.cleaned_data[key] for key in self.keys}


class JudgeForm(forms.Form):
    """Accept what was written, or return it with a note."""

    note = area(pgettext_lazy("write-up", "What is missing"), 500)
    version = VersionField()


class TalkForm(forms.Form):
    """The talk with the team."""

    held_on = DayField(label=_("On which day"))
    present = forms.CharField(label=_("Who was there"), max_length=300, required=False)
    points = forms.MultipleChoiceField(
        label=_("Spoken about"), required=False, widget=forms.CheckboxSelectMultiple
    )
    questions = area(_("Questions, and what was answered"), 4_000, rows=5)

    def __init__(self, data=None, *, points, **options):
        super().__init__(data, **options)
        self.fields["held_on"].required = True
        self.fields["points"].choices = points
        self.fields["points"].widget.choices = points
