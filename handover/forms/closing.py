"""What is typed when a case is closed, a call is made, an interview is held."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from handover.models import FollowUp
from kit.versions import VersionField


class CloseForm(forms.Form):
    """A remark on closing."""

    reason = forms.CharField(label=_("Remark"), max_length=300, required=False)


def area(label, most, rows=3, hint=""):
    """A text of several lines that may stay empty."""
    return forms.CharField(
        label=label, max_length=most, required=False, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class CallForm(forms.Form):
    """What the customer said."""

    result = forms.ChoiceField(
        label=pgettext_lazy("call", "Result"), choices=FollowUp.Result.choices,
        widget=forms.RadioSelect, initial=FollowUp.Result.ANSWERED,
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data=None, *, questions, **options):
        """questions: [(id, question)]."""
        super().__init__(data, **options)
        self.keys = [key for key, _text in questions]
        for key, text in questions:
            self.fields[key] = area(text, 1_000, rows=2)
        self.fields["note"] = area(pgettext_lazy("call", "Note"), 1_000)

    def answers(self):
        return {key: self.cleaned_data[key] for key in self.keys}


class InterviewForm(forms.Form):
    """What was said, question by question; what two other sources confirm counts as a theme."""

    version = VersionField()

    def __init__(self, data=None, *, questions, **options):
        """questions: [(id, question, what to check it against)]."""
        super().__init__(data, **options)
        self.keys = [key for key, _text, _check in questions]
        for key, text, check in questions:
            self.fields[f"{key}-answer"] = area(text, 4_000)
            self.fields[f"{key}-sources"] = forms.CharField(
                label=_("Two sources that agree"), max_length=500, required=False, help_text=check
            )
            self.fields[f"{key}-theme"] = forms.BooleanField(
                label=_("Counts as a theme"), required=False
            )

    def answers(self):
        names = ("answer", "sources", "theme")
        return {key: {name: self.cleaned_data[f"{key}-{name}"] for name in names}
                for key in self.keys}  # fmt: skip

    def groups(self):
        """The fields of one question at a time."""
        for key in self.keys:
            yield [self[f"{key}-{name}"] for name in ("answer", "sources", "theme")]


class LossForm(forms.Form):
    """Would the company rather have kept them."""

    regretted = forms.TypedChoiceField(
        label=_("Would the company rather have kept this person?"), widget=forms.RadioSelect,
        choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda value: value == "yes",
    )  # fmt: skip
    regret_reason = forms.CharField(label=_("Why did they leave?"), max_length=300, required=False)
