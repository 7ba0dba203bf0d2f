"""What is typed about the rules of ownership and about what one person can carry."""

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.models import OwnershipRules
from crm.models.capacity import MOST_POINTS
from crm.selectors.capacity import shown_weights
from kit.versions import tag

NUMBER = {"required": _("Enter a number"), "invalid": _("Enter a number")}
NEVER = "never"
TIERS = [(NEVER, _("Never")), ("A", _("Tier A")), ("B", _("Tiers A and B")), ("C", _("Every tier"))]


class RulesForm(forms.ModelForm):
    """The rules of ownership; what they mean stands below each of them."""

    approval_tier = forms.ChoiceField(
        label=_("A new account manager needs approval"), choices=TIERS,
        help_text=_("Somebody other than the proposer decides."),
    )  # fmt: skip
    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    class Meta:
        model = OwnershipRules
        fields = [
            "weight_a", "weight_b", "weight_c", "default_capacity", "approval_tier",
            "approval_rows", "acceptance_days",
        ]  # fmt: skip
        labels = {
            "weight_a": _("Points of a customer of tier A"),
            "weight_b": _("Points of a customer of tier B"),
            "weight_c": _("Points of a customer of tier C"),
            "default_capacity": _("Points one person can carry"),
            "approval_rows": _("Customers that may move at once without approval"),
            "acceptance_days": _("Working days to accept"),
        }
        help_texts = {
            "weight_a": _("What a person carries is the sum over their customers."),
            "default_capacity": _("Beyond it a reason is asked for. Single people may have another limit."),
            "acceptance_days": _("Silence after that goes to the next level."),
        }  # fmt: skip
        error_messages = dict.fromkeys(fields, NUMBER)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        rules = self.instance
        self.initial["version"] = tag(rules, self._meta.fields)
        self.initial["approval_tier"] = rules.approval_tier or NEVER
        for tier, points in shown_weights(rules).items():
            self.initial[f"weight_{tier.lower()}"] = points

    def clean_approval_tier(self):
        chosen = self.cleaned_data["approval_tier"]
        return "" if chosen == NEVER else chosen

    def _post_clean(self):
        """The row is changed by the service, which reads it again under its lock."""

    def values(self):
        """The rules as they were typed."""
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class CapacityForm(forms.Form):
    """What one person can carry."""

    limit = forms.IntegerField(
        label=_("Points this person can carry"), required=False, min_value=0,
        max_value=MOST_POINTS, error_messages=NUMBER,
    )  # fmt: skip

    def __init__(self, *args, usual, **options):
        """usual: the points that everybody can carry."""
        super().__init__(*args, **options)
        text = _("Leave empty for the limit of everybody: %(usual)s.")
        self.fields["limit"].help_text = text % {"usual": usual}
