"""Filters of the trail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.selectors.sentences import AREAS


class TrailFilters(forms.Form):
    """Who, what, which customer, from which day to which."""

    person = forms.CharField(label=_("Person"), required=False, max_length=80)
    area = forms.ChoiceField(label=_("What"), required=False)
    customer = forms.CharField(label=_("Customer"), required=False, max_length=120)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        areas = sorted(AREAS.items(), key=lambda pair: str(pair[1]))
        self.fields["area"].choices = [("", _("Everything")), *areas]

    def clean(self):
        given = super().clean()
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The last day must not lie before the first"))
        return given
