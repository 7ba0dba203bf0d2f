"""A freeze: what happened, why, and the name typed out so that nobody clicks the wrong person."""

from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from handover.selectors import emergency as ask


def proven(user, password):
    """Nothing where it is the password of who has signed in; else a ValidationError. Each try counts."""
    if not get_adapter().reauthenticate(user, password):
        raise forms.ValidationError({"password": _("This is not your password")})


class PasswordForm(forms.Form):
    """An act for which having signed in is not enough: whoever found the desk open stops here."""

    password = forms.CharField(
        label=_("Your password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password")},
    )  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():  # signs in elsewhere, which asks again by itself
            del self.fields["password"]

    def clean(self):
        """The password last, and only where the rest is right."""
        given = super().clean()
        if "password" in given and not self.errors:
            proven(self.user, given["password"])
        return given


class FreezeForm(PasswordForm):
    """What has to be said to freeze `person`."""

    trigger = forms.ChoiceField(
        label=_("What has happened?"), widget=forms.RadioSelect,
        error_messages={"required": _("Choose what has happened")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It stays in the trail."), error_messages={"required": _("Say why")},
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("Evidence"), max_length=4_000, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Facts only. Read by those who may freeze this person; not in the trail."),
    )  # fmt: skip
    name = forms.CharField(
        label=_("Type the person's name"), max_length=80,
        error_messages={"required": _("Type the name as it is written above")},
    )  # fmt: skip
    field_order = ["trigger", "reason", "evidence", "name", "password"]

    def __init__(self, *args, person, **kwargs):
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["trigger"].choices = ask.triggers()

    def clean_name(self):
        typed = " ".join(self.cleaned_data["name"].split()).casefold()
        names = {self.person.name, self.person.latin_name, self.person.display_name} - {""}
        if typed not in {" ".join(name.split()).casefold() for name in names}:
            raise forms.ValidationError(_("This is not the name of the person above"))
        return typed


class LiftForm(PasswordForm):
    """Why the access is restored."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays in the trail."), error_messages={"required": _("Say why")},
    )  # fmt: skip
    field_order = ["reason", "password"]
