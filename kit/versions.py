"""What a change was made from: a number of the row, or for rows that keep none a word."""

import hashlib
import json

from django import forms
from django.utils.translation import gettext as _

from kit.errors import Conflict


def tag(row, names):
    """A word that changes with any of these columns of a row. Name only what its reader may know."""
    values = [str(getattr(row, row._meta.get_field(name).attname)) for name in sorted(names)]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def unchanged(row, names, seen):
    """Refuse a change that was made from another state. `row` is locked; `seen` None asks nothing."""
    if seen is not None and seen != tag(row, names):
        raise changed_meanwhile()


def same_version(row, seen):
    """Refuse a change that was made from another version of a row with a number. `row` is locked."""
    if seen != row.version:
        raise changed_meanwhile()


class VersionField(forms.IntegerField):
    """The version that was seen, in a form."""

    widget = forms.HiddenInput

    def __init__(self, **options):
        super().__init__(min_value=0, max_value=2**31 - 1, **options)


class SeenForm(forms.Form):
    """A button that counts for what was seen alone."""

    version = VersionField()


def version_seen(request):
    """The version that was posted with a button; -1, which no row has, where there is none."""
    form = SeenForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else -1


def changed_meanwhile():
    """What is said of a change that was made from another state."""
    return Conflict(_("Somebody else changed this meanwhile. Choose which to keep."))
