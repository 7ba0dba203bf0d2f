"""What is typed about who knows whom."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.forms.contacts import DayField
from crm.models import Link

NAMES = ("name", "latin_name", "username")  # of a person


class LinkForm(forms.Form):
    """Who of ours knows this contact, how, and since when."""

    person = forms.CharField(label=_("Who of ours"), max_length=80)
    through = forms.ChoiceField(
        label=_("Through"), choices=Link.Through.choices, widget=forms.RadioSelect,
        initial=Link.Through.VISIT,
    )  # fmt: skip
    since_on = DayField(label=_("Since"))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.people = people
        self.fields["person"].help_text = _("Name or user name of a colleague")

    def clean_person(self):
        """The one colleague of that name or user name."""
        return colleague(self.people, self.cleaned_data["person"].strip())


def colleague(people, typed):
    """The one of `people` who is called so and is still here; else a ValidationError."""
    found = called(people.exclude(state=Person.State.LEFT), typed, NAMES)
    if len(found) == 1:
        return found[0]
    raise forms.ValidationError(
        _("Several colleagues are called so. Enter the user name")
        if found
        else _("No colleague of this name")
    )


def called(rows, typed, fields):
    """At most two rows with this name in any of the fields; a user name is one alone."""
    asked = Q()
    for field in fields:
        asked |= Q(**{f"{field}__iexact": typed})
    found = list(rows.filter(asked)[:3])
    exact = [
        row for row in found if isinstance(row, Person) and row.username.lower() == typed.lower()
    ]
    return exact or found[:2]
