"""What is typed about saved views."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from crm.filters import customers as filters
from crm.filters.typed import key


class ViewForm(forms.Form):
    """The name of a view, who else sees it, and what it shows: the address of the list it was made on.

    `unit`: the team it may be shared with, or None.
    """

    query = forms.CharField(required=False, widget=forms.HiddenInput, max_length=4_000)
    name = forms.CharField(label=_("Name"), max_length=60)
    share = forms.BooleanField(label=_("Share with my team"), required=False)
    start = forms.BooleanField(label=_("Open the list with this view"), required=False)

    def __init__(self, *args, viewer, unit, **options):
        super().__init__(*args, **options)
        self.viewer, self.unit = viewer, unit
        self.fields["name"].error_messages["required"] = _("Enter a name")
        if unit is None:
            del self.fields["share"]
        else:
            self.fields["share"].help_text = _(
                "%(unit)s: everybody sees the customers that are theirs to see."
            ) % {"unit": unit}

    @property
    def asked(self):
        """What the view shows, read as the list itself reads it."""
        return filters.read(QueryDict(self["query"].value() or ""), self.viewer)

    def values(self, before=None):
        """The fields of the view as the verbs take them. before: the unit it is shared with now."""
        asked, given = self.asked, self.cleaned_data
        shared = (before or self.unit) if given.get("share") else None
        return {
            "name": given["name"], "filters": asked.filters, "columns": asked.own_columns,
            "sort": asked.sort, "shared_with": shared,
        }  # fmt: skip


class PickForm(forms.Form):
    """Ticks on a page of the list: what was shown there, what is picked, and what comes next."""

    query = forms.CharField(required=False, max_length=4_000)
    selection = forms.UUIDField(required=False)
    act = forms.CharField(required=False, max_length=20)

    def __init__(self, data):
        super().__init__(data)
        self.shown = keys(data.get("shown", "").split(",")[:200])
        self.picked = keys(data.getlist("pick")[:200])

    @property
    def address(self):
        """The query of the list that the ticks were made on."""
        return QueryDict(self.cleaned_data.get("query", ""))


def keys(texts):
    """The keys among the texts; what is none is left out."""
    return [pk for pk in (key(text) for text in texts) if pk]
