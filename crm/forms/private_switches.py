"""Why, on what basis and how long a field of households is to be kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models.private_file import LONGEST, Basis


class SwitchForm(forms.Form):
    """The three that must be said before anything is kept."""

    purpose = forms.CharField(
        label=_("Purpose"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    basis = forms.ChoiceField(label=_("Legal basis"), choices=Basis.choices)
    retention_days = forms.IntegerField(
        label=_("Days kept after the last contact"), min_value=1, max_value=LONGEST
    )
