"""What is typed about the final pay: its day in one case, and the rules it comes from."""

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.departures import DayField
from handover.models import Departure
from handover.selectors.final_pay import DECIDABLE
from kit.versions import VersionField

COUNTS = [("calendar", _("calendar days")), ("working", _("working days"))]


class DecideForm(forms.Form):
    """On which day, and where that comes from."""

    day = DayField(label=_("Day of the final pay"), help_text=_("For example 2026-12-18"))
    why = forms.CharField(
        label=_("Where this day comes from"), max_length=200,
        help_text=_("The law, the contract or the agreement that gives it"),
        error_messages={"required": _("Say where this day comes from.")},
    )  # fmt: skip
    version = VersionField()


class RuleForm(forms.Form):
    """A rule: for which country and kinds, how many days after the last one, and its source."""

    country = forms.CharField(
        label=_("Country"), max_length=2, help_text=_("Two letters, such as CN")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of departure"), widget=forms.CheckboxSelectMultiple,
        choices=[pair for pair in Departure.Kind.choices if pair[0] in DECIDABLE],
    )  # fmt: skip
    days = forms.IntegerField(
        label=_("Days after the last working day"), help_text=_("0 is that day itself")
    )
    count = forms.ChoiceField(label=_("Counted in"), choices=COUNTS)
    source_en = forms.CharField(label=_("Source in English"), max_length=300)
    source_zh = forms.CharField(label=_("Source in Chinese"), max_length=300)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def values(self):
        """What the service takes."""
        given = self.cleaned_data
        plain = {name: given[name] for name in ("kinds", "days", "count")}
        source = {language: given[f"source_{language}"].strip() for language in ("en", "zh")}
        return plain | {"country": given["country"].upper(), "source": source}
