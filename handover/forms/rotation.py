"""What is typed about rotation: two people who swap, an exemption, what a file lacked, the rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.forms.ownership import PlausibleDayField
from handover.models import FileGap
from handover.selectors.rotation_rules import FIELDS

CHOOSE = {"required": _("Choose one of these people."), "invalid_choice": _("Choose one of these people.")}  # fmt: skip


class SwapForm(forms.Form):
    """Two people who take over each other's customers."""

    one = forms.ModelChoiceField(Person.objects.none(), label=_("This person"), error_messages=CHOOSE)  # fmt: skip
    other = forms.ModelChoiceField(
        Person.objects.none(), label=_("and this one swap their customers"), error_messages=CHOOSE
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people, **options):
        """people: whom the actor may give customers of."""
        super().__init__(*args, **options)
        for name in ("one", "other"):
            self.fields[name].queryset = people

    def clean(self):
        data = super().clean()
        if data.get("one") and data.get("one") == data.get("other"):
            self.add_error("other", _("Choose two different people."))
        return data


class ExemptionForm(forms.Form):
    """Why a customer stays with its account manager, until when, and who else stays in touch."""

    why = forms.ChoiceField(label=_("Reason"), error_messages={"required": _("Choose one of the reasons.")})  # fmt: skip
    until = PlausibleDayField(label=_("Until"))
    second_contact = forms.ModelChoiceField(
        Person.objects.none(), label=_("Second contact"), error_messages=CHOOSE,
        help_text=_("Somebody else of ours who stays in touch with the customer."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, people, reasons, most, **options):
        """people: who may be the second contact. reasons: (code, words). most: days at most."""
        super().__init__(*args, **options)
        self.fields["second_contact"].queryset = people
        self.fields["why"].choices = [("", "–"), *reasons]
        self.fields["until"].required = True
        self.fields["until"].help_text = _("At most %(days)s days from today.") % {"days": most}


class SecondContactForm(forms.Form):
    """Who else stays in touch from now on."""

    second_contact = forms.ModelChoiceField(
        Person.objects.none(), label=_("Second contact"), error_messages=CHOOSE,
        help_text=_("Somebody else of ours who stays in touch with the customer."),
    )  # fmt: skip

    def __init__(self, *args, people, **options):
        """people: who may be the second contact."""
        super().__init__(*args, **options)
        self.fields["second_contact"].queryset = people


class DecideForm(forms.Form):
    """Approve or refuse an exemption."""

    approved = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda said: said == "yes")  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class GapForm(forms.Form):
    """What the file of a customer lacked that one took over."""

    part = forms.ChoiceField(
        label=_("Part of the file"),
        choices=FileGap.Part,
        error_messages={"required": _("Choose one of these.")},
    )
    text = forms.CharField(
        label=_("What was missing or wrong"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class RulesForm(forms.Form):
    """The numbers of the rotation policy."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name, (least, most) in FIELDS.items():
            self.fields[name] = forms.IntegerField(
                label=RULES[name], min_value=least, max_value=most,
                error_messages={"required": _("Enter a number"), "invalid": _("Enter a number")},
            )  # fmt: skip

    def values(self):
        """The numbers as they were typed."""
        return {name: self.cleaned_data[name] for name in FIELDS}


RULES = {
    "tenure_a": _("Tenure of tier A in days"),
    "tenure_b": _("Tenure of tier B in days"),
    "tenure_c": _("Tenure of tier C in days"),
    "overlap_a": _("Overlap of tier A in working days"),
    "overlap_b": _("Overlap of tier B in working days"),
    "overlap_c": _("Overlap of tier C in working days"),
    "pause": _("An absence longer than so many days stops the clock"),
    "exempt_days": _("Longest exemption in days"),
}
