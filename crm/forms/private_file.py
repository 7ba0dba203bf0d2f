"""What is typed about one section of a private customer's file.

Nothing masked is filled in: what is left empty is kept, what is ticked for it is erased. Nothing typed
here stays on the device.
"""

from dataclasses import dataclass

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from crm.forms.customer_file import control, plain
from crm.models import Fact
from crm.models.private_file import Sight
from crm.services.private_file import MOST

KEPT = _("Now: %(words)s. Left empty, it is kept.")
DAY = RegexValidator(
    r"^(0?[1-9]|1[0-2])-(0?[1-9]|[12]\d|3[01])$", _("Enter month and day, such as 02-29")
)


@dataclass
class Row:
    """The controls of one field, its version, and what erases it where it is masked."""

    cell: object
    controls: list
    version: object
    remove: object = None
    legend: str = ""
    hint: str = ""


class EraseForm(forms.Form):
    """Why the whole file is erased."""

    reason = forms.CharField(label=_("Who asked for it, and how"), max_length=300)


class PrivateForm(forms.Form):
    """The fields of one section that are kept in the file itself."""

    all_optional = True  # said once, not at every field

    def __init__(self, data=None, *, section):
        self.cells = section.typed
        super().__init__(data, initial={"source": Fact.Source.CUSTOMER})
        for cell in self.cells:
            self.add(cell)
        self.fields["source"] = forms.ChoiceField(
            label=_("How do you know it?"), choices=Fact.Source.choices, widget=forms.RadioSelect
        )

    def add(self, cell):
        """The controls of one field."""
        name = cell.field.id
        self.fields |= controls(cell)
        self.fields[f"{name}-version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
        )
        self.initial[f"{name}-version"] = cell.version
        if masked(cell) and cell.is_filled:
            label = _("Erase what is kept: %(field)s") % {"field": cell.field.label}
            self.fields[f"{name}-remove"] = forms.BooleanField(label=label, required=False)
        elif cell.fact:
            self.initial[name] = cell.fact.value

    def rows(self):
        """One Row for each field."""
        return [self.row(cell) for cell in self.cells]

    def row(self, cell):
        name = cell.field.id
        own = [self[key] for key in controls(cell)]
        several = cell.field.kind in ("bands", "days")
        remove = self[f"{name}-remove"] if f"{name}-remove" in self.fields else None
        return Row(cell, own, self[f"{name}-version"], remove,
                   cell.field.label if several else "", hint(cell) if several else "")  # fmt: skip

    def values(self):
        """What the service takes: of masked fields only those that were typed or ticked."""
        given, found = self.cleaned_data, {}
        for cell in self.cells:
            name = cell.field.id
            value = typed(cell.field, given)
            if masked(cell) and given.get(f"{name}-remove"):
                value = None
            elif masked(cell) and value in (None, "", [], {}):
                continue
            found[name] = {"value": value, "version": given[f"{name}-version"] or 0}
        return found

    def take_over(self):
        """After a conflict: saved again, it is saved over what somebody else wrote."""
        data = self.data.copy()
        for cell in self.cells:
            data[f"{cell.field.id}-version"] = cell.version
        self.data = data


def masked(cell):
    """Whether its value is nowhere filled in."""
    return cell.field.guard != Sight.OPEN


def hint(cell):
    """What is said beside a control."""
    if masked(cell) and cell.is_filled:
        return KEPT % {"words": " ".join(cell.words)}
    return cell.field.help


def controls(cell):
    """Name → form field of one definition."""
    one = cell.field
    if one.kind == "bands":
        return {f"{one.id}-{band}": forms.IntegerField(label=label, required=False, min_value=0,
                max_value=MOST) for band, label in one.choices}  # fmt: skip
    if one.kind == "days":
        return occasions(one)
    made = control(one)
    made.help_text = hint(cell)
    if one.kind == "number":
        made = forms.IntegerField(label=one.label, required=False, min_value=0, max_value=MOST,
                                  help_text=hint(cell))  # fmt: skip
    if one.id == "phone":
        made.widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"})
    return {one.id: made}


def occasions(one):
    """A day of the year for each occasion, and whether a greeting is welcome."""
    made = {}
    for name, label in one.choices:
        made[f"{one.id}-{name}"] = forms.CharField(
            label=label, required=False, max_length=5, validators=[DAY],
            widget=forms.TextInput(attrs={"placeholder": "02-29", "autocomplete": "off"}),
        )  # fmt: skip
        made[f"{one.id}-{name}-greet"] = forms.BooleanField(
            label=_("%(occasion)s: greeting welcome") % {"occasion": label}, required=False
        )
    return made


def typed(one, given):
    """The typed value of one field as the service takes it."""
    if one.kind == "bands":
        found = {band: given[f"{one.id}-{band}"] for band, _label in one.choices}
        return {band: number for band, number in found.items() if number}
    if one.kind == "days":
        return {name: [given[f"{one.id}-{name}"], given[f"{one.id}-{name}-greet"]]
                for name, _label in one.choices if given[f"{one.id}-{name}"]}  # fmt: skip
    return plain(given[one.id])
