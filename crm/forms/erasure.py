"""Erasures and holds: why, since when, until when. What is typed here is kept: no names in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Erasure
from kit.dates import company_zone, today

DAY = {"type": "date"}
NO_NAMES = _("This is kept. Write no name and no number of the person.")


class AskForm(forms.Form):
    """Why somebody is to be erased, and when that reached us."""

    ground = forms.ChoiceField(
        label=_("Why"), choices=Erasure.Ground.choices, widget=forms.RadioSelect
    )
    asked_on = forms.DateField(label=_("Came to us on"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["asked_on"].initial = today(company_zone())


class AgreeForm(forms.Form):
    """Nothing brings an erased person back: it is ticked."""

    sure = forms.BooleanField(
        label=_("I have read what goes and what stays. It cannot be undone."),
        error_messages={"required": _("Tick that you have read it.")},
    )


class RefuseForm(forms.Form):
    """Why not."""

    because = forms.CharField(
        label=_("Why it is refused"), max_length=300, help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class HoldForm(forms.Form):
    """What forbids to erase somebody, and until when."""

    ground = forms.CharField(
        label=_("What forbids it"), max_length=300, help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    until_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs=DAY))


class AccessForm(forms.Form):
    """How the person asked to see what is kept of them, and as what it is wanted."""

    reason = forms.CharField(label=_("How the person asked"), max_length=300, help_text=NO_NAMES)
    form = forms.ChoiceField(
        label=_("As"), choices=[("page", _("A page to print")), ("json", _("A file (JSON)"))],
        initial="page", widget=forms.RadioSelect,
    )  # fmt: skip
