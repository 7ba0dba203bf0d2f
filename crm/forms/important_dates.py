"""What is typed about an important date."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.tasks import ContactField
from crm.forms.trade import SentOnceForm
from kit.dates import company_zone, today
from kit.templatetags.words import shown_name

MONTHS = [(number, number) for number in range(1, 13)]
SHORT = {"inputmode": "numeric", "autocomplete": "off"}


class DateForm(SentOnceForm):
    """Day and month; a name and, where it comes once, a year. Of a person: who, and that they told us."""

    contact = ContactField(label=_("Whose day"))
    name = forms.CharField(
        label=_("Name"), max_length=80, required=False,
        help_text=_("Such as the name of the fair or the festival."),
    )  # fmt: skip
    month = forms.IntegerField(label=_("Month"), min_value=1, max_value=12, widget=forms.TextInput(attrs=SHORT))  # fmt: skip
    day = forms.IntegerField(label=_("Day of the month"), min_value=1, max_value=31, widget=forms.TextInput(attrs=SHORT))  # fmt: skip
    year = forms.TypedChoiceField(
        label=_("How often"), coerce=int, empty_value=None, required=False
    )
    volunteered = forms.BooleanField(
        label=_("The person told us"),
        help_text=_("A birthday is kept only if it was volunteered; never the year."),
    )

    def __init__(self, data=None, *, kind, contacts=(), row=None, **options):
        """kind: the definition. contacts: whose day it may be. row: the date that is changed."""
        super().__init__(data, **options)
        if kind.is_of_person:
            drop = ["name", "year"] + (["contact"] if row else [])
            self.fields["contact"].choices = [("", "–")] + [(one.pk, shown_name(one)) for one in contacts]  # fmt: skip
        else:
            drop = ["contact", "volunteered"]
            self.fields["year"].choices = years(row)
        for name in drop:
            del self.fields[name]
        if row:
            month, day = row.month_day
            self.initial |= {"name": row.name, "month": month, "day": day, "year": row.year or "",
                             "volunteered": True, "version": row.version}  # fmt: skip

    def said(self):
        """What the services take."""
        names = ("name", "month", "day", "year", "volunteered")
        return self.values([name for name in names if name in self.fields])


def years(row):
    """Every year, or one year only: what moves is entered anew each time."""
    first = today(company_zone()).year
    numbers = sorted({*range(first, first + 3), *([row.year] if row and row.year else [])})
    return [("", _("Every year on this day")), *((n, _("Only in %(year)s") % {"year": n}) for n in numbers)]  # fmt: skip
