"""What is typed about a customer."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from crm.models import Customer, Industry, Region
from crm.selectors import customer_family
from kit.versions import VersionField


def column(name, **options):
    """The form field of a column: label, length and choices stand in one place."""
    return Customer._meta.get_field(name).formfield(**options)


def picked(name, label, **options):
    """A choice out of a few, as chips."""
    choices = Customer._meta.get_field(name).choices
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **options)


class RegionField(forms.ModelChoiceField):
    """Regions in the order of their tree, each below its own."""

    def __init__(self):
        super().__init__(
            Region.objects.all(), label=_("Region"), required=False, empty_label=_("None")
        )

    def label_from_instance(self, region):
        return "\u2003" * getattr(region, "tree_depth", 0) + str(region)


class ColleagueField(forms.CharField):
    """One of ours by name or user name; `people` are those it may be."""

    people = Person.objects.none()

    def clean(self, value):
        typed = super().clean(value).strip()
        if not typed:
            return None
        same = Q(name__iexact=typed) | Q(latin_name__iexact=typed) | Q(username__iexact=typed)
        found = list(self.people.filter(same)[:2])
        exact = [person for person in found if person.username.lower() == typed.lower()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        raise forms.ValidationError(
            _("Several colleagues are called so. Enter the user name")
            if found
            else _("No colleague of this name")
        )


KEEP = object()  # the firm above stays as it is, whoever sees it


class FactsForm(forms.Form):
    """The fields that can be changed later. `viewer` is who types: their customers can be named."""

    name = column("name", help_text=_("As everybody here calls it"))
    legal_name = column("legal_name", help_text=_("As on contracts and invoices"))
    status = picked("status", _("Status"), initial=Customer.Status.PROSPECT)
    region = RegionField()
    industry = forms.ModelChoiceField(
        Industry.objects.all(), label=_("Industry"), required=False, empty_label=_("None")
    )
    address = column("address")
    parent = forms.CharField(
        label=_("Belongs to"), max_length=200, required=False,
        help_text=_("Name of the customer that this one is a part of"),
    )  # fmt: skip
    similar = ()  # customers that may have been meant instead

    def __init__(self, *args, viewer, **options):
        super().__init__(*args, **options)
        self.viewer = viewer
        self.fields["name"].error_messages["required"] = _("Enter the short name")
        self.fields["region"].queryset = Region.objects.with_tree_fields()

    def clean_parent(self):
        """The one customer of that name, None, or KEEP where nothing else was typed."""
        typed = self.cleaned_data["parent"].strip()
        if typed == (self.initial.get("parent") or ""):
            return KEEP
        found = customer_family.called(self.viewer, typed) if typed else [None]
        if len(found) == 1:
            return found[0]
        self.similar = found or customer_family.similar(self.viewer, typed)
        raise forms.ValidationError(
            _("Several customers are called so. Enter the legal name")
            if found
            else _("No customer of this name that you see")
        )

    def facts(self, names):
        """The values that a service takes."""
        given = {name: self.cleaned_data[name] for name in names if name in self.fields}
        return {name: value for name, value in given.items() if value is not KEEP}


class EditForm(FactsForm):
    """Facts of a customer, with the version that was seen."""

    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    version = VersionField()


class NewForm(FactsForm):
    """A new customer. `managers`: whom it may be given to; None where the creator takes it.

    `tiers`: whether the creator may set the tier.
    """

    kind = picked("kind", _("Kind"), initial=Customer.Kind.ORGANISATION)
    tier = picked("tier", _("Tier"), initial=Customer.Tier.C)
    origin = column("origin", widget=forms.Select, help_text=_("Recorded once, kept for good"))
    origin_person = ColleagueField(
        label=_("Referred or brought by"), max_length=80, required=False,
        help_text=_("Name or user name of a colleague"),
    )  # fmt: skip
    manager = forms.ModelChoiceField(
        Person.objects.none(), label=_("Account manager"), empty_label=_("Choose")
    )
    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    anyway = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = [
        "name", "legal_name", "kind", "tier", "manager", "region", "industry", "status", "origin",
        "origin_person", "parent", "address",
    ]  # fmt: skip
    FACTS = (
        "name", "legal_name", "status", "region", "industry", "address", "kind", "tier", "origin",
        "origin_person", "parent",
    )  # fmt: skip

    def __init__(self, *args, managers, people, tiers, **options):
        super().__init__(*args, **options)
        if not tiers:
            del self.fields["tier"]
        self.fields["origin_person"].people = people
        self.fields["manager"].error_messages["required"] = _("Choose who looks after the customer")
        if managers is None:
            del self.fields["manager"]
        else:
            self.fields["manager"].queryset = managers
            self.fields["manager"].label_from_instance = lambda person: person.display_name
