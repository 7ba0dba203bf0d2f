"""Forms about our people."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.access import Role
from accounts.models import Absence, Person, Unit

HUMAN_ROLES = [(value, label) for value, label in Role.choices if value != Role.SYSTEM]


class Filters(forms.Form):
    """What the directory is searched by; a value that is none of these is no filter."""

    q = forms.CharField(required=False, max_length=100)
    unit = forms.ModelChoiceField(Unit.objects.all(), required=False, label=_("Unit"))
    role = forms.ChoiceField(choices=[("", "–"), *HUMAN_ROLES], required=False, label=_("Role"))
    state = forms.ChoiceField(
        choices=[("", "–"), *Person.State.choices], required=False, label=_("State")
    )

    def chosen(self):
        """The valid values, whatever else was sent."""
        self.is_valid()
        empty = {"q": "", "unit": None, "role": "", "state": ""}
        return empty | {name: value for name, value in self.cleaned_data.items() if value}


class PersonForm(forms.ModelForm):
    """Names, mail, post, first day."""

    joined_on = forms.DateField(
        label=_("First working day"), required=False, widget=forms.TextInput,
        input_formats=["%Y-%m-%d"], help_text=_("For example 2026-11-22"),
    )  # fmt: skip

    class Meta:
        model = Person
        fields = ["name", "latin_name", "email", "title", "joined_on"]
        labels = {
            "name": _("Name"), "latin_name": _("Name in Latin script"), "email": _("Email"),
            "title": _("Post"),
        }  # fmt: skip

    def clean_email(self):
        email = self.cleaned_data["email"]
        others = Person.objects.exclude(pk=self.instance.pk)
        if email and others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("This email address is already in use."))
        return email


class NewPersonForm(PersonForm):
    """Somebody is taken on: with a user name, roles and a unit."""

    email = forms.EmailField(
        label=_("Email"), help_text=_("The link to choose a password goes here.")
    )
    unit = forms.ModelChoiceField(Unit.objects.all(), label=_("Unit"), empty_label=None)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=HUMAN_ROLES, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial="en"
    )

    class Meta(PersonForm.Meta):
        fields = ["username", *PersonForm.Meta.fields]
        labels = PersonForm.Meta.labels | {"username": _("User name")}

    def clean_username(self):
        username = self.cleaned_data["username"].strip().lower()
        if Person.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError(_("This user name is already in use."))
        return username


class ReasonForm(forms.Form):
    """An act that needs a reason."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the trail."),
    )  # fmt: skip


class RolesForm(ReasonForm):
    """The roles of a person, all of them at once."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), choices=HUMAN_ROLES, widget=forms.CheckboxSelectMultiple
    )
    field_order = ["roles", "reason"]


class StateForm(ReasonForm):
    """The next state of employment; only what is possible from the present one is offered."""

    state = forms.ChoiceField(label=_("State"), widget=forms.RadioSelect)
    field_order = ["state", "reason"]

    def __init__(self, *args, moves, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [row for row in Person.State.choices if row[0] in moves]


class AbsenceForm(forms.Form):
    """Days away, both included, in the company's zone."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=Absence.Kind.choices, widget=forms.RadioSelect, initial="leave"
    )
    first_day = forms.DateField(
        label=_("First day"), widget=forms.TextInput, input_formats=["%Y-%m-%d"]
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.TextInput, input_formats=["%Y-%m-%d"]
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self):
        given = super().clean()
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day must not be before the first"))
        if last and last.year > 9000:
            self.add_error("last_day", _("An absence lasts three years at most"))
        return given
