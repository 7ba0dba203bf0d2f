"""What the customer file says to the questions of a brief: key persons, settlement, the business.

Lines of "field: value", of a person with the name before; only what the viewer sees. What concerns
people or the settlement is shown beside the brief to each reader who may know it, and is never
copied into its text: a text has other readers, and outlives the key of whom it is about.
"""

from crm.models import Customer
from crm.selectors import customer_file
from crm.selectors.file_fields import KEY_PERSONS, SETTLEMENT
from kit.templatetags.words import chinese, shown_name

SITUATION, STAFF = "business_situation", "customer_staff"
# question → (part, fields)
SAYS = {
    "brief_decider": (KEY_PERSONS, ("decision_role", "authority_limit", "deputy")),
    "brief_pay": (SETTLEMENT, ("method", "terms_days", "pay_runs", "approval_path", "deductions")),
    "brief_sensitive": (KEY_PERSONS, ("avoid",)),
    "brief_rhythm": (SITUATION, ("seasonality",)),
    "brief_value": (SITUATION, ("criteria",)),
    "brief_threat": (SITUATION, ("competitors",)),
    "brief_care": (KEY_PERSONS, ("contact_preference", "professional_interests")),
    "brief_advice": (SITUATION, ("plans", "not_bought", "problems")),
}
# question → attitudes of the persons whom it is about
ATTITUDES = {"brief_supporter": ("supports",), "brief_sceptic": ("critical",)}
OF = {KEY_PERSONS: "attitude", STAFF: "staff_attitude"}


class FromFile:
    """The file of one customer, asked for once, as answers to questions."""

    def __init__(self, viewer, customer):
        self.viewer, self.customer = viewer, customer
        self._file = None

    @property
    def file(self):
        if self._file is None:
            self._file = customer_file.of_customer(self.viewer, self.customer)
        return self._file

    def copied(self, key):
        """Lines that begin the text of an answer: of the business, which everybody there may know."""
        part, _names = SAYS.get(key, ("", ()))
        return self.lines(key) if part == SITUATION else []

    def beside(self, key):
        """Lines that stand beside an answer for this reader."""
        if key in ATTITUDES and self.is_company:
            return self.minded(ATTITUDES[key])
        part, _names = SAYS.get(key, ("", ()))
        return self.lines(key) if part and part != SITUATION else []

    @property
    def is_company(self):
        return self.customer.kind == Customer.Kind.ORGANISATION

    def lines(self, key):
        """The lines of a question; none for private customers and where the file says nothing."""
        if not self.is_company:
            return []
        part, names = SAYS[key]
        shown = self.file.part(part)
        return [line(one, cell) for one in (shown.subjects if shown else ()) for cell in one.cells
                if cell.field.id in names and cell.is_filled]  # fmt: skip

    def minded(self, attitudes):
        """Persons who are of one of these minds about us, with the event that is noted."""
        found = []
        for part, name in OF.items():
            shown = self.file.part(part)
            for one in shown.subjects if shown else ():
                cells = [cell for cell in one.cells if cell.field.id == name]
                found += [line(one, cell) for cell in cells if cell.value in attitudes]
        return found


def line(subject, cell):
    """One cell as one line."""
    comma, colon = ("、", "：") if chinese() else ("; ", ": ")
    text = f"{cell.field.label}{colon}{comma.join(cell.words)}"
    if cell.note:
        text += f" ({cell.note})"
    return f"{shown_name(subject.contact)}{colon}{text}" if subject.place else text
