"""What is typed about the tasks of a departure case."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.tasks import PeopleField


class ProofForm(forms.Form):
    """What shows that it is done."""

    proof = forms.CharField(
        label=_("What shows that it is done"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    activity = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ProblemForm(forms.Form):
    """What the problem is."""

    problem = forms.CharField(
        label=_("What the problem is"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class GiveForm(forms.Form):
    """Who does it from now on."""

    person = PeopleField(None, label=_("Who is to do it"), empty_label=None)

    def __init__(self, data=None, *, people, **options):
        super().__init__(data, **options)
        self.fields["person"].queryset = people


class WaiveForm(forms.Form):
    """Why a director lets it go."""

    why = forms.CharField(
        label=_("Why this is waived"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
