"""What is typed about a visit that arrived late."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RejectForm(forms.Form):
    """Why it is left out."""

    why = forms.CharField(
        label=_("Why this is rejected"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why this is rejected.")},
    )  # fmt: skip
