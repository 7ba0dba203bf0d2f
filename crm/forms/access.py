"""What is typed about access: shares, and whom to ask about."""

from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.access import SHARES
from crm.forms.contacts import DayField
from crm.forms.ownership import PlausibleDayField
from crm.models import Customer
from kit.dates import company_zone, end_of_day, today

RIGHTS = {code: label for code, label in Customer._meta.permissions if code in SHARES}


class PersonField(forms.CharField):
    """One of ours, typed as a name or user name."""

    def __init__(self, **options):
        super().__init__(max_length=80, help_text=_("Name or user name of a colleague"), **options)

    def clean(self, value):
        """The one person of that name; names that several bear need the user name."""
        typed = super().clean(value)
        if not typed:
            return None
        same = Q(name__iexact=typed) | Q(latin_name__iexact=typed) | Q(username__iexact=typed)
        found = list(Person.objects.filter(same).exclude(username="system")[:10])
        exact = [person for person in found if person.username.lower() == typed.lower()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        raise forms.ValidationError(
            _("Several colleagues are called so. Enter the user name")
            if found
            else _("No colleague of this name")
        )


class TermsForm(forms.Form):
    """A right until a day, and why."""

    right = forms.ChoiceField(
        label=_("Right"), choices=list(RIGHTS.items()), widget=forms.RadioSelect,
        initial="read_customer",
    )  # fmt: skip
    until_on = DayField(label=_("Until"), help_text=_("The end of this day, a year ahead at most."))
    why = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["until_on"].required = True
        self.fields["until_on"].initial = today(company_zone()) + timedelta(days=14)

    def clean_until_on(self):
        day, zone = self.cleaned_data["until_on"], company_zone()
        if not today(zone) <= day <= today(zone) + timedelta(days=365):
            raise forms.ValidationError(_("Choose today or a day within a year."))
        self.cleaned_data["until"] = end_of_day(day, zone)
        return day


class ShareForm(TermsForm):
    """A right for one person."""

    person = PersonField(label=_("Who"))
    field_order = ("person", "right", "until_on", "why")


class WhyForm(forms.Form):
    """About whom one asks, and for which day (its end; today means now)."""

    who = PersonField(label=_("Person"))
    on = PlausibleDayField(label=_("On day"), help_text=_("Empty means now."))

    @property
    def at(self):
        """The instant that is asked about; None is now."""
        day, zone = self.cleaned_data.get("on"), company_zone()
        return end_of_day(day, zone) if day and day != today(zone) else None
