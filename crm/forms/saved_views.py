"""What is typed about saved views, and ticked in a list."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    """The name of a view, who else sees it, and the address of the list whose look it keeps.

    `unit`: the team it may be shared with, or None.
    """

    query = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4_000)
    name = forms.CharField(label=_("Name"), max_length=60)
    share = forms.BooleanField(label=_("Share with my team"), required=False)
    version = forms.CharField(required=False, widget=forms.HiddenInput, max_length=16)
    start = forms.BooleanField(label=_("Open the list with this view"), required=False)

    def __init__(self, *args, unit, **options):
        super().__init__(*args, **options)
        self.fields["name"].error_messages["required"] = _("Enter a name")
        if unit is None:
            del self.fields["share"]
        else:
            self.fields["share"].help_text = _(
                "%(unit)s: everybody sees the customers that are theirs to see."
            ) % {"unit": unit}

    @property
    def address(self):
        """The query of the list that is kept."""
        return QueryDict(self["query"].value() or "")


class PickForm(forms.Form):
    """What was ticked on which list, in which selection, and what comes next."""

    query = forms.CharField(required=False, max_length=4_000)
    selection = forms.UUIDField(required=False)
    act = forms.CharField(required=False, max_length=20)

    @property
    def address(self):
        """The query of the list that the ticks were made on."""
        return QueryDict(self.cleaned_data.get("query", ""))
