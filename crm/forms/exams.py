"""The answers of a file exam, and the remark on its result."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Exam
from kit.templatetags.words import shown_name


class ExamForm(forms.Form):
    """One choice for each question that the file answers; "not found" is an answer too."""

    all_optional = True  # who does not find it says so, or nothing

    def __init__(self, data=None, *, sheet):
        super().__init__(data)
        self.asked = [one for one in sheet if one.answers]
        for one in self.asked:
            choices = [(str(place), text) for place, text in one.answers]
            self.fields[one.name] = forms.ChoiceField(
                label=label(one), required=False, widget=forms.RadioSelect,
                choices=[*choices, ("none", _("I do not find it in the file"))],
            )  # fmt: skip

    def answers(self):
        """Number of the question → place of the answer, None where it was not found."""
        given = {one.number: self.cleaned_data[one.name] for one in self.asked}
        return {at: int(said) if said.isdigit() else None for at, said in given.items()}


def label(asked):
    """What is asked, and about whom."""
    about = f"{shown_name(asked.contact)} · " if asked.contact else ""
    return f"{about}{asked.field.label}"


class RemarkForm(forms.Form):
    """What the account manager says of a result."""

    remark = forms.CharField(
        max_length=Exam._meta.get_field("remark").max_length, widget=forms.Textarea,
        label=_("Your remark"),
    )  # fmt: skip
