"""Forms: a file of another system, which of its columns is which, and what to do with faulty rows."""

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from crm.imports.kinds import KINDS
from crm.imports.matching import LAST, MAYBE, NONE, SURE
from crm.models import Import, ImportRow
from kit.uploads import FILE_BYTES

PREFIX = "column"
SURENESS = {
    LAST: _("As last time"),
    SURE: _("By its header"),
    MAYBE: _("By its ending: have a look"),
    NONE: _("Not recognised"),
}


def too_large():
    return now("This file is larger than %(limit)s MB.") % {"limit": FILE_BYTES // 2**20}


class FileForm(forms.Form):
    """What is in the file, where it is from, and the file."""

    kind = forms.ChoiceField(label=_("What is in the file"))
    source = forms.CharField(
        label=_("Source"), max_length=Import._meta.get_field("source").max_length,
        help_text=_("The system the file is from, always by the same name: its keys are remembered under it."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("File"), allow_empty_file=True, max_length=200,
        help_text=lazy(lambda: now("CSV, XLSX or JSON, at most %(limit)s MB. The file itself is not kept.")
                       % {"limit": FILE_BYTES // 2**20}, str)(),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json,.gz"}),
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args, kinds, sources=(), oversized=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.oversized, self.sources = oversized, sources
        self.fields["source"].widget.attrs["list"] = "sources"
        self.fields["kind"].choices = [(kind.name, kind.label) for kind in kinds]

    def clean(self):
        if "file" in self.oversized:
            self.errors.pop("file", None)
            self.add_error("file", too_large())
        return self.cleaned_data


class WishesForm(forms.Form):
    """What to do with rows that are faulty or incomplete."""

    partial = forms.ChoiceField(
        label=_("When rows are faulty"), required=False, widget=forms.RadioSelect,
        choices=[("no", _("Import nothing, so that the file can be corrected")),
                 ("yes", _("Import the sound rows, leave the faulty ones out"))],
    )  # fmt: skip
    keep_incomplete = forms.BooleanField(
        label=_("Keep customers of whom nothing but a name is known"), required=False
    )

    def clean_partial(self):
        return self.cleaned_data["partial"] == "yes"


class ColumnsForm(WishesForm):
    """One choice per column of the file."""

    def __init__(self, *args, imported, recognition, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = KINDS[imported.kind]
        self.fields["partial"].required = True
        self.headers = [header for header, _name, _how in recognition]
        choices = [("", _("Leave out")), *((spec.name, spec.label) for spec in self.kind.fields)]
        for at, (header, name, how) in enumerate(recognition):
            self.fields[f"{PREFIX}-{at}"] = forms.ChoiceField(
                label=header, choices=choices, required=False, initial=name, help_text=SURENESS[how]
            )
        if imported.kind != Import.Kind.CUSTOMERS:
            del self.fields["keep_incomplete"]

    def clean(self):
        taken = set()
        for at, _header in enumerate(self.headers):
            name = self.cleaned_data.get(f"{PREFIX}-{at}")
            if name and name in taken and not self.kind.field(name).many:
                text = now("%(field)s is taken from another column already.")
                self.add_error(f"{PREFIX}-{at}", text % {"field": self.kind.field(name).label})
            taken.add(name)
        return self.cleaned_data

    @property
    def mapping(self):
        """header → field, "" where a column is left out."""
        return {
            header: self.cleaned_data[f"{PREFIX}-{at}"] for at, header in enumerate(self.headers)
        }

    def columns(self):
        """The choices in the order of the file."""
        return [self[f"{PREFIX}-{at}"] for at in range(len(self.headers))]


class RowsForm(forms.Form):
    """Which rows of an import are listed."""

    outcome = forms.ChoiceField(required=False, choices=[("", ""), *ImportRow.Outcome.choices])
    after = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)

    def given(self):
        """What was asked for; what makes no sense is left out."""
        self.is_valid()
        said = self.cleaned_data
        return {"outcome": said.get("outcome") or "", "after": said.get("after") or 0}
