"""What the file of a private customer may hold: fields, who sees them, how long they are kept."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from accounts.selectors.content import said
from crm.models import PrivateSwitch
from crm.models.private_file import LONGEST, Basis, Sight
from crm.selectors.file_fields import document

GUARDS = {"C1": Sight.OPEN, "C2": Sight.MASKED, "C3": Sight.HOUSEHOLD}
NAME, PHONE, WISH, OCCASIONS = "full_name", "phone", "do_not_contact", "occasions"
KEPT_ELSEWHERE = {NAME}  # the customer itself has it
SECTIONS = {
    "service": _("Reaching and serving"),
    "household": _("Household"),
}


@dataclass(frozen=True)
class PrivateField:
    """One field. A field of households is on once two people have decided so."""

    id: str
    pair: dict
    kind: str  # text, list, choice, number, bands or days
    help_pair: dict
    guard: str
    purpose_pair: dict
    basis: str
    days: int  # kept after the last contact
    options: tuple = ()  # (id, pair)
    is_on: bool = True
    switch: PrivateSwitch | None = None  # the decision in force, or asked for

    @property
    def label(self):
        return said(self.pair)

    @property
    def help(self):
        return said(self.help_pair)

    @property
    def purpose(self):
        return self.switch.purpose if self.switch else said(self.purpose_pair)

    @property
    def basis_label(self):
        return Basis(self.switch.basis if self.switch else self.basis).label

    @property
    def choices(self):
        return [(name, said(pair)) for name, pair in self.options]

    @property
    def section(self):
        return "household" if self.guard == Sight.HOUSEHOLD else "service"


def fields():
    """All fields in their order, as they stand now."""
    open_ones = {one.field: one for one in PrivateSwitch.objects.filter(ended_at=None).select_related(
        "asked_by", "agreed_by")}  # fmt: skip
    return [field_of(row, open_ones.get(row["id"])) for row in document()["private_file"]["fields"]]


def field(name):
    """The field of this id, or None."""
    return next((one for one in fields() if one.id == name), None)


def field_of(row, switch):
    one = PrivateField(
        row["id"], row["label"], kind_of(row), row["help"], GUARDS[row["sensitivity"]],
        row["purpose"], row["legal_basis_suggestion"],
        min(row["retention_days_after_last_contact"], LONGEST),
        tuple((option["id"], option["label"]) for option in row.get("options", ())),
    )  # fmt: skip
    if one.guard != Sight.HOUSEHOLD:
        return one
    is_on = switch is not None and switch.is_on
    return replace(
        one, switch=switch, is_on=is_on, days=switch.retention_days if is_on else one.days
    )


def kind_of(row):
    """Counts per band and days of the year are written by their options, not as lines of text."""
    if row.get("item") == "count_per_band":
        return "bands"
    return "days" if row["id"] == OCCASIONS else row["type"]


def rules():
    """What the company promises about private files, one sentence each."""
    return [said(pair) for pair in document()["private_file"]["rules"]]
