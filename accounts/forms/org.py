"""Forms about departments and teams."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from accounts.selectors import people
from kit.templatetags.words import shown_name


class UnitForm(forms.ModelForm):
    """Names, kind and function of a unit."""

    class Meta:
        model = Unit
        fields = ["name", "name_zh", "kind", "function"]
        labels = {
            "name": _("Name"), "name_zh": _("Chinese name"), "kind": _("Kind"),
            "function": _("Function"),
        }  # fmt: skip


class NewUnitForm(UnitForm):
    """A unit that is added below another."""

    parent = forms.ModelChoiceField(Unit.objects.all(), label=_("Belongs to"), empty_label=None)
    field_order = ["name", "name_zh", "parent", "kind", "function"]


class MoveForm(forms.Form):
    """The unit to which another one shall belong."""

    parent = forms.ModelChoiceField(Unit.objects.all(), label=_("Belongs to"), empty_label=None)


class ChoosePerson(forms.Form):
    """One of the people whose name matches what was searched for."""

    person = forms.ModelChoiceField(
        people.directory(), label=_("Person"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args, q="", **kwargs):
        super().__init__(*args, **kwargs)
        found = people.choices(q)
        self.fields["person"].widget.choices = [
            (person.pk, f"{shown_name(person)} · {person.title or person.username}")
            for person in found
        ]
