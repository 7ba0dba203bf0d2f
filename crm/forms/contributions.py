"""What is typed about who made a customer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from crm.forms.contacts import DayField
from crm.forms.links import NAMES, called
from crm.models import Contribution
from crm.services.contributions import LONGEST


class ContributionForm(forms.Form):
    """What somebody did, by name of a person or of a department. `people`: those it may be."""

    kind = forms.ChoiceField(
        label=_("What"), choices=Contribution.Kind.choices, widget=forms.RadioSelect
    )
    who = forms.CharField(
        label=_("Who"), max_length=80, help_text=_("A colleague or a department, by name")
    )
    happened_on = DayField(label=_("When"))
    evidence = forms.CharField(
        label=_("Where this can be seen"), max_length=LONGEST,
        help_text=_("A visit, a letter, a document: what others can look up"),
    )  # fmt: skip

    def __init__(self, *args, people, **options):
        super().__init__(*args, **options)
        self.people = people
        self.fields["happened_on"].required = True

    def clean_who(self):
        """The one person or department of that name."""
        typed = self.cleaned_data["who"].strip()
        found = [*called(self.people, typed, NAMES),
                 *called(Unit.objects.all(), typed, ("name", "name_zh"))]  # fmt: skip
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(
            _("Several are called so. Enter the user name of the person")
            if found
            else _("No colleague and no department of this name")
        )
