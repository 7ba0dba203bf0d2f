"""The form of a personal API token."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """What the token is for, and how long it lives."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=90, initial=30,
        help_text=_("90 at most"),
    )  # fmt: skip
