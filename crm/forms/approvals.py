"""A decision: approved or refused by somebody else, accepted or declined by the receiver."""

from django import forms
from django.utils.translation import gettext_lazy as _

YES, NO = "yes", "no"


class DecisionForm(forms.Form):
    """Yes, or no with a reason. `seen`: the fingerprint of what was shown."""

    verdict = forms.ChoiceField(choices=[(YES, YES), (NO, NO)])
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self):
        """A reason goes with every no."""
        data = super().clean()
        if data.get("verdict") == NO and not data.get("note", "").strip():
            self.add_error("note", _("Say why."))
        return data
