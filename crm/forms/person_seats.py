"""What is asked of the seats of a person: which seat, in which year, on which day."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.ownership import PlausibleDayField
from crm.seats import Seat
from kit.dates import FIRST_DAY, today


class PersonSeatsForm(forms.Form):
    """The filters of the page; nothing of it has to be said."""

    seat = forms.ChoiceField(
        label=_("Seat"), required=False, choices=[("", _("Any")), *Seat.choices]
    )
    year = forms.IntegerField(label=_("Year"), required=False, min_value=FIRST_DAY.year)
    on = PlausibleDayField(label=_("Held on day"))
    view = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_year(self):
        year = self.cleaned_data["year"]
        if year and year > today().year + 1:
            raise forms.ValidationError(_("Enter a year up to the next one."))
        return year

    def chosen(self):
        """The filters as `person_seats.seats_of` takes them; those that are wrong count as not said."""
        data = getattr(self, "cleaned_data", {})
        said = {name: data[name] for name in ("seat", "year", "on") if data.get(name)}
        return said | {"now": data.get("view") == "now"}
