"""What can be wrong with a cell, in words."""

from django.utils.translation import gettext as _


class Fault(Exception):
    """A cell that is not what its column needs. `code` for programs, `message` for people."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params

    @property
    def message(self):
        """A sentence in the active language."""
        return SENTENCES[self.code]() % self.params

    def __str__(self):
        return self.message

    def __eq__(self, other):
        return isinstance(other, Fault) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self):
        return hash(self.code)


SENTENCES = {
    "no_day": lambda: _("“%(text)s” is not a date."),
    "ambiguous_day": lambda: _("“%(text)s” may be two different days; nothing in the column says which. Say the order of day and month."),
    "other_order": lambda: _("“%(text)s” does not fit the order of day and month in this column."),
    "impossible_day": lambda: _("There is no such day as “%(text)s”."),
    "far_year": lambda: _("The year in “%(text)s” cannot be right."),
    "no_number": lambda: _("“%(text)s” is not a number."),
    "long_number": lambda: _("“%(text)s” has too many digits."),
    "no_flag": lambda: _("“%(text)s” is neither yes nor no."),
    "phone_area": lambda: _("The area code is missing."),
    "phone_letters": lambda: _("There are letters in the number."),
    "phone_short": lambda: _("The number has too few digits."),
    "phone_long": lambda: _("The number has too many digits."),
    "phone_unknown": lambda: _("No number like this is in use."),
    "phone_none": lambda: _("There is no number here."),
    "no_mail": lambda: _("“%(text)s” is not a mail address."),
}  # fmt: skip
