"""What is typed about contacts and their places."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import Contact, ContactChannel, Position
from kit import names
from kit.versions import VersionField

DAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
ABOUT = ("name", "latin_name", "form_of_address", "note", "do_not_contact")
PLACE = ("title", "function", "is_key_person", "started_on")
FIRST = ("phone", "mail", "wechat")


def column(model, name, **options):
    """The form field of a model's column: label, length and choices stand in one place."""
    return model._meta.get_field(name).formfield(**options)


class DayField(forms.DateField):
    """A calendar day typed as 2026-11-22."""

    widget = forms.TextInput

    def __init__(self, **options):
        super().__init__(input_formats=DAYS, required=False, **options)
        self.error_messages["invalid"] = _("Enter a day such as 2026-11-22")

    def prepare_value(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else value


class HeldByField(forms.ChoiceField):
    """Company-held is the rule; a private channel is flagged."""

    widget = forms.RadioSelect

    def __init__(self):
        choices = ContactChannel.HeldBy
        hint = _("A private channel is lost to the company when its holder leaves.")
        super().__init__(
            label=_("How we reach it"),
            choices=choices.choices,
            initial=choices.COMPANY,
            help_text=hint,
        )


class ContactForm(forms.Form):
    """The person, without places and channels."""

    name = column(Contact, "name")
    latin_name = column(Contact, "latin_name", help_text=_("As written in English: Wang Fang"))
    form_of_address = column(
        Contact, "form_of_address", help_text=_("How colleagues address this person: 王总, Ms Wang")
    )
    note = column(
        Contact, "note", widget=forms.Textarea,
        help_text=_("Seen by everybody who sees this contact. Nothing private here."),
    )  # fmt: skip
    do_not_contact = column(
        Contact, "do_not_contact", help_text=_("Colleagues are told before they call or write.")
    )
    version = VersionField(required=False)

    @property
    def about(self):
        """What the services take about the person."""
        return {name: self.cleaned_data[name] for name in ABOUT}


class PlaceForm(forms.Form):
    """A place at a customer. `knows_keys`: the person may see and set the mark as key person."""

    title = column(Position, "title")
    function = column(Position, "function")
    is_key_person = column(Position, "is_key_person", help_text=_("Decides, or can block."))
    started_on = DayField(label=_("Since"))

    def __init__(self, *args, knows_keys, **options):
        super().__init__(*args, **options)
        if not knows_keys:
            del self.fields["is_key_person"]

    @property
    def place(self):
        """What the services take about the place."""
        return {name: self.cleaned_data[name] for name in PLACE if name in self.fields}


class NewContactForm(PlaceForm, ContactForm):
    """A contact with its place and the first channels, on one page."""

    phone = forms.CharField(label=_("Phone"), max_length=254, required=False)
    mail = forms.CharField(label=_("Mail"), max_length=254, required=False)
    wechat = forms.CharField(label=_("WeChat"), max_length=254, required=False)
    held_by = HeldByField()
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @property
    def channels(self):
        """The channels that were filled in."""
        given = self.cleaned_data
        return [
            {"kind": kind, "value": given[kind], "held_by": given["held_by"]}
            for kind in FIRST
            if given[kind].strip()
        ]


class EndForm(forms.Form):
    """The last day of a place or link."""

    ended_on = DayField(label=_("Last day"))


class NewPlaceForm(PlaceForm):
    """A place at one more customer, or the move to it."""

    customer = forms.CharField(label=_("Customer"), max_length=200)
    leaves = forms.ModelChoiceField(
        Position.objects.none(),
        label=_("Leaves"),
        required=False,
        empty_label=_("Keeps all places"),
    )
    field_order = ["customer", *PLACE, "leaves"]

    def __init__(self, *args, customers, places, **options):
        super().__init__(*args, **options)
        self.customers = customers
        self.fields["leaves"].queryset = places
        self.fields["leaves"].label_from_instance = lambda place: place.customer.name

    def clean_customer(self):
        """One of the customers that may be edited, by its whole name or a part that fits only it."""
        typed = self.cleaned_data["customer"].strip()
        whole = self.customers.filter(name__iexact=typed)
        found = list(whole[:2]) or list(
            self.customers.filter(search_key__contains=names.fold(typed))[:2]
        )
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(
            _("Several customers are called so. Write more of the name")
            if found
            else _("You may not edit a customer of this name")
        )
