"""What is typed when a case is signed, and when HR notes that somebody did not sign."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.tasks import PeopleField


class SignForm(forms.Form):
    """Both statements, and the digest of what was read."""

    agreed = forms.TypedMultipleChoiceField(
        coerce=int, required=False, widget=forms.CheckboxSelectMultiple, label=_("I declare")
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data=None, *, statements, **options):
        super().__init__(data, **options)
        self.fields["agreed"].choices = list(enumerate(statements))
        self.fields["agreed"].widget.choices = self.fields["agreed"].choices


class MissingForm(forms.Form):
    """Why somebody did not sign."""

    why = forms.CharField(label=_("Why was it not signed?"), max_length=300)


class WitnessForm(forms.Form):
    """Who watches the handover."""

    person = PeopleField(None, label=_("Witness"), empty_label=None)

    def __init__(self, data=None, *, people, **options):
        from accounts.models import Person

        super().__init__(data, **options)
        self.fields["person"].queryset = Person.objects.filter(
            pk__in=[one.pk for one in people]
        ).order_by("sort_key")
