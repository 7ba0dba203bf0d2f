"""What is typed about tiers: one by hand, and the formula."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.forms.contacts import DayField
from crm.forms.customers import picked
from crm.services.tiers import HEAVIEST
from kit.digests import digest_of


class TierForm(forms.Form):
    """The tier by hand, with the reason and the last day."""

    tier = picked("tier", _("Tier"))
    reason = forms.CharField(label=_("Why"), max_length=500)
    until = DayField(
        label=_("Until"), help_text=_("The last day; afterwards the formula or the tier of before.")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["reason"].error_messages["required"] = _("Say why")
        self.fields["until"].required = True
        self.fields["until"].error_messages["required"] = _("Enter the last day")


class FormulaForm(forms.Form):
    """Weights, limits, and whether customers follow the formula. `body`: the document as it is."""

    def __init__(self, data=None, *, formula, body):
        self.formula = formula
        super().__init__(data, initial={
            "seen": digest_of(body), "applies": formula.applies, **formula.limits,
            **{one.id: one.weight for one in formula.criteria},
        })  # fmt: skip
        for one in formula.criteria:
            self.fields[one.id] = forms.IntegerField(
                label=one.label, help_text=one.rule, min_value=0, max_value=HEAVIEST
            )
        for tier in formula.limits:
            label = _("Points from which a customer is %(tier)s") % {"tier": tier}
            self.fields[tier] = forms.IntegerField(label=label, min_value=0, max_value=HEAVIEST)
        self.fields["applies"] = forms.BooleanField(
            label=_("Customers follow the formula every night"), required=False,
            help_text=_("Otherwise it is only counted and shown."),
        )  # fmt: skip
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput)

    def rows(self):
        """The fields with numbers."""
        return [
            self[name]
            for name in (*(one.id for one in self.formula.criteria), *self.formula.limits)
        ]

    def values(self):
        """What the service takes."""
        given = self.cleaned_data
        weights = {one.id: given[one.id] for one in self.formula.criteria}
        limits = {tier: given[tier] for tier in self.formula.limits}
        return {"weights": weights, "limits": limits, "applies": given["applies"]}
