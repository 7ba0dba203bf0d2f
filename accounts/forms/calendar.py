"""Forms of the working calendar and of the company."""

import zoneinfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import CalendarDay, Company
from kit import cells


class DayForm(forms.ModelForm):
    """One day that differs from the plain week."""

    day = forms.DateField(
        label=_("Day"), widget=forms.TextInput, input_formats=["%Y-%m-%d"],
        help_text=_("For example 2026-11-22"),
    )  # fmt: skip
    is_working = forms.TypedChoiceField(
        label=_("On this day"), widget=forms.RadioSelect, initial="off",
        choices=[("off", _("Nobody works")), ("on", _("People work"))],
        coerce=lambda value: value == "on",
    )  # fmt: skip

    class Meta:
        model = CalendarDay
        fields = ["day", "is_working", "name", "name_zh"]
        labels = {"name": _("Name"), "name_zh": _("Chinese name")}

    def _post_clean(self):
        """A day may be set again, so nothing is checked against the rows that are there."""

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("Enter a day between 2000 and 2100"))
        return day


class CompanyForm(forms.ModelForm):
    """The settings of the company."""

    time_zone = forms.CharField(label=_("Time zone"), max_length=40, help_text="Asia/Shanghai")

    class Meta:
        model = Company
        fields = [
            "name", "name_zh", "time_zone", "country", "currency", "day_starts", "day_ends",
            "reveal_budget",
        ]  # fmt: skip
        labels = {
            "name": _("Name"), "name_zh": _("Chinese name"), "country": _("Country, two letters"),
            "currency": _("Currency, three letters"), "day_starts": _("The working day starts"),
            "day_ends": _("The working day ends"),
            "reveal_budget": _("Reveals of contact channels, a person a day"),
        }  # fmt: skip

    def clean_time_zone(self):
        zone = self.cleaned_data["time_zone"]
        if zone not in zoneinfo.available_timezones():
            raise forms.ValidationError(_("Choose a time zone from the list"))
        return zone

    def clean_country(self):
        return self.code("country", 2)

    def clean_currency(self):
        return self.code("currency", 3)

    def code(self, name, length):
        value = cells.letters(self.cleaned_data[name], length)
        if not value:
            raise forms.ValidationError(_("Use the letters of the standard code"))
        return value
