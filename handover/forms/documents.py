"""What is typed about documents and things that are handed over."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.forms.tasks import PeopleField
from handover.models import HandoverDocument, HeldThing
from kit.versions import VersionField


class HandoverField(forms.ModelChoiceField):
    """A customer of the case, by name."""

    def label_from_instance(self, handover):
        return handover.customer.name


class DocumentForm(forms.Form):
    """A line of the list."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=HandoverDocument.Kind.choices)
    title = forms.CharField(label=gettext_lazy("What exactly"), max_length=200, required=False)
    handover = HandoverField(None, label=gettext_lazy("Customer"), required=False)

    def __init__(self, data=None, *, handovers, **options):
        super().__init__(data, **options)
        self.fields["handover"].queryset = handovers
        self.fields["handover"].empty_label = _("No customer")


class TickForm(forms.Form):
    """What became of a document."""

    state = forms.ChoiceField(
        label=pgettext_lazy("document", "State"), choices=HandoverDocument.State.choices,
        widget=forms.RadioSelect,
    )  # fmt: skip
    why = forms.CharField(
        label=pgettext_lazy("document", "Why"), max_length=300, required=False,
        help_text=gettext_lazy("Of what is missing or does not apply"),
    )  # fmt: skip
    version = VersionField()


class ThingForm(forms.Form):
    """A channel or a thing that the leaver has."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=HeldThing.Kind.choices, widget=forms.RadioSelect,
        initial=HeldThing.Kind.CHANNEL,
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("What exactly"), max_length=200)


class BackForm(forms.Form):
    """Who has it now, and what shows it."""

    taker = PeopleField(
        None, label=gettext_lazy("Who has it now"), required=False,
        help_text=gettext_lazy("Nobody: it is blocked or deleted"),
    )  # fmt: skip
    proof = forms.CharField(label=gettext_lazy("What shows it"), max_length=300)
    version = VersionField()

    def __init__(self, data=None, *, people, **options):
        super().__init__(data, **options)
        self.fields["taker"].queryset = people
        self.fields["taker"].empty_label = _("Nobody")
