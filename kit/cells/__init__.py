"""From the text of a cell to a value: pure functions, each returning it or raising `Fault`.

All of them accept full-width digits and letters, every kind of space and invisible characters.
"""

from kit.cells.days import day, day_order, instant, says_none
from kit.cells.faults import Fault
from kit.cells.mails import Mail, mails
from kit.cells.numbers import decimal_mark, flag, number
from kit.cells.phones import Phone, phones
from kit.cells.texts import alias, code, letters, name, plain

__all__ = [
    "Fault", "Mail", "Phone", "alias", "code", "day", "day_order", "decimal_mark", "flag",
    "instant", "letters", "mails", "name", "number", "phones", "plain", "says_none",
]  # fmt: skip
