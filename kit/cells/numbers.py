"""Numbers and yes or no."""

import re
from decimal import Decimal, InvalidOperation

from kit.cells.faults import Fault
from kit.cells.texts import plain

SIGNS = re.compile(
    r"^(?:CNY|RMB|USD|EUR|GBP|JPY|HKD|CHF|[¥$€£₩₹]|US\$|HK\$|R\$|人民币)+|"
    r"(?:CNY|RMB|USD|EUR|GBP|JPY|HKD|CHF|[¥$€£₩₹]|元整?|圆|块)+$",
    re.IGNORECASE,
)
UNITS = {
    "万": Decimal(10_000),
    "亿": Decimal(100_000_000),
    "%": Decimal("0.01"),
    "‰": Decimal("0.001"),
}
MINUS = re.compile(r"[-−–]\s*(.*)|(.*[^-−–])\s*[-−–]")
DIGITS = 40
GROUPS = {",": re.compile(r"\d{1,3}(,\d{3})+"), ".": re.compile(r"\d{1,3}(\.\d{3})+")}
YES = {
    "yes",
    "y",
    "true",
    "t",
    "1",
    "1.0",
    "on",
    "x",
    "ja",
    "oui",
    "sí",
    "si",
    "sim",
    "是",
    "有",
    "对",
    "真",
    "启用",
    "✓",
    "✔",
    "√",
}
NO = {
    "no",
    "n",
    "false",
    "f",
    "0",
    "0.0",
    "off",
    "nein",
    "non",
    "não",
    "否",
    "无",
    "不是",
    "不",
    "假",
    "停用",
    "✗",
    "✘",
    "×",
}


def number(text, decimal=None):
    """The number in a cell as a Decimal, None for an empty one.

    decimal: "," or "." where the column proves it (`decimal_mark`). Brackets and a minus at either
    end make it negative, a percent sign a hundredth, 万 and 亿 what they mean. Raises Fault.
    """
    shown = plain(text)
    if not shown:
        return None
    if len(shown) > 2 * DIGITS:
        raise Fault("long_number", text=shown[:60])
    body, negative = stripped(shown)
    factor = UNITS.get(body[-1:])
    body = body[:-1] if factor else body
    body = body.replace(" ", "").replace("'", "").replace("’", "")
    if len(body) > DIGITS:
        raise Fault("long_number", text=shown[:60])
    try:
        value = Decimal(pointed(body, decimal))
    except InvalidOperation as error:
        raise Fault("no_number", text=shown[:60]) from error
    if not value.is_finite() or abs(value.adjusted()) > DIGITS:
        raise Fault("no_number", text=shown[:60])
    value = value * (factor or 1)
    return -value if negative else value


def stripped(shown):
    """(digits with separators and unit, whether negative) without currency signs and brackets."""
    negative = shown.startswith("(") and shown.endswith(")")
    body = SIGNS.sub("", shown[1:-1].strip() if negative else shown).strip()
    minus = MINUS.fullmatch(body)
    if minus and not negative:  # -¥5, ¥-5 and 5-
        negative, body = True, SIGNS.sub("", minus[1] or minus[2]).strip()
    return body.removeprefix("+"), negative


def pointed(body, decimal):
    """The digits with a point as the only sign between them."""
    if not body[:1].isdigit() and body[:1] not in (".", ","):
        raise InvalidOperation
    comma, point = body.rfind(","), body.rfind(".")
    if comma >= 0 and point >= 0:
        mark = "," if comma > point else "."
    elif comma >= 0:
        mark = "," if decimal == "," or not GROUPS[","].fullmatch(body) else "."
    else:
        grouped = GROUPS["."].fullmatch(body)
        mark = "," if grouped and (decimal == "," or body.count(".") > 1) else "."
    group = "." if mark == "," else ","
    if body.count(mark) > 1 or (group in body.rpartition(mark)[2] and mark in body):
        raise InvalidOperation
    return body.replace(group, "").replace(mark, ".")


def decimal_mark(texts):
    """The sign that parts whole and fraction, as a column proves it: ",", "." or None."""
    found = set()
    for text in texts:
        body = re.sub(r"[^\d.,]", "", plain(text))
        comma, point = body.rfind(","), body.rfind(".")
        if comma >= 0 and point >= 0:
            found.add("," if comma > point else ".")
            continue
        for mark, other in ((",", "."), (".", ",")):
            if mark in body:
                grouped = GROUPS[mark].fullmatch(body)
                if not grouped:
                    found.add(mark)
                elif body.count(mark) > 1:
                    found.add(other)
    return found.pop() if len(found) == 1 else None


def flag(text):
    """True or False, None for an empty cell. Raises Fault."""
    shown = plain(text).casefold()
    if not shown:
        return None
    if shown in YES:
        return True
    if shown in NO:
        return False
    raise Fault("no_flag", text=shown[:60])
