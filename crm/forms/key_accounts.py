"""What is typed about members of a key-account team."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.seats import Duty


class DutyForm(forms.Form):
    """What a member of the team is there for."""

    duty = forms.ChoiceField(
        label=_("Duty in the team"), choices=[("", _("Not said")), *Duty.choices], required=False
    )
