"""What is typed about seats: who takes one, why, from which day; who answered on a day."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.forms.contacts import DayField
from crm.seats import Duty, Reason, Seat
from kit.dates import company_zone, plausible, start_of_day, today

# What a person chooses; the others are written by the system.
REASONS = [
    Reason.WORKLOAD, Reason.REGION, Reason.REQUEST, Reason.COVER, Reason.ORG, Reason.CORRECTION,
    Reason.OTHER,
]  # fmt: skip


class PlausibleDayField(DayField):
    """A day that somebody can mean."""

    def clean(self, value):
        day = super().clean(value)
        if day and not plausible(day):
            raise forms.ValidationError(self.error_messages["invalid"])
        return day


class ChangeForm(forms.Form):
    """A change of a seat: why, and from which day. Without a day: now."""

    why = forms.ChoiceField(
        label=_("Reason"), choices=[(r.value, r.label) for r in REASONS], widget=forms.Select
    )
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    starts_on = PlausibleDayField(
        label=_("From"), help_text=_("Leave empty for now. A day ahead starts at midnight.")
    )

    def clean_starts_on(self):
        day, zone = self.cleaned_data["starts_on"], company_zone()
        if day and not today(zone) <= day <= today(zone) + timedelta(days=366):
            raise forms.ValidationError(_("Choose today or a day within a year."))
        return day

    def clean(self):
        """`at`: the instant of the change, or None for now."""
        data = super().clean()
        day, zone = data.get("starts_on"), company_zone()
        data["at"] = start_of_day(day, zone) if day and day > today(zone) else None
        return data


class AssignForm(ChangeForm):
    """Who takes the seat."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"invalid_choice": _("Choose one of these people.")},
    )  # fmt: skip
    seen = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**63 - 1
    )
    duty = forms.ChoiceField(
        label=_("Duty in the team"), choices=[("", _("Not said")), *Duty.choices], required=False
    )
    because = forms.CharField(
        label=_("Why all the same"), max_length=300, required=False,
        help_text=_("It goes into the trail."),
    )  # fmt: skip
    field_order = ("person", "because", "duty", "why", "note", "starts_on", "seen")

    def __init__(self, *args, people, options, seat, **more):
        """people: whom the actor may choose; options: (id, words) of those that are shown."""
        super().__init__(*args, **more)
        if seat != Seat.KEY_ACCOUNT_MEMBER:
            del self.fields["duty"]
        self.fields["person"].queryset = people
        self.fields["person"].widget.choices = options


class EndForm(ChangeForm):
    """The seat stays empty from then on."""

    field_order = ("why", "note", "starts_on")


class DayForm(forms.Form):
    """Who answered on a day."""

    on = PlausibleDayField(label=_("Day"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["on"].required = True
