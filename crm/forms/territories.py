"""What is typed about territories."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.contacts import DayField
from crm.models import Region


class TerritoryForm(forms.Form):
    """A region for a person, and since when."""

    region = forms.ModelChoiceField(
        Region.objects.all(), label=_("Region"), empty_label=_("Choose")
    )
    started_on = DayField(label=_("Since"))

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        field = self.fields["region"]
        field.queryset = Region.objects.with_tree_fields()
        field.label_from_instance = lambda one: "\u2003" * getattr(one, "tree_depth", 0) + str(one)
        field.error_messages["required"] = _("Choose a region")
