"""The cells of the list of customers, and the badges of what is wrong with one.

Written in Python: 25 rows of templates, with a choice of columns in each, cost more than the page
around them.
"""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Customer
from kit.templatetags import components, formats

register = template.Library()
MOST_RISKS = 3
STATUSES = dict(Customer.Status.choices)
RISKS = {
    "vacant": ("danger", "nobody", _lazy("Vacant"), ""),
    "away": ("warn", "clock", _lazy("Manager away"), ""),
    "leaving": ("danger", "door", _lazy("Manager leaving"), ""),
    "no_backup": ("warn", "nobody", _lazy("No backup"), ""),
    "stopped": ("info", "stop", _lazy("Not pursued"), _lazy("Money, authority and need are an evidenced no")),
    "stale": ("warn", "clock", _lazy("Stale"),
              _lazy("No confirmed contact for longer than the tier allows")),
    "single_both": ("warn", "thread", _lazy("Single-threaded"),
                    _lazy("At most one of ours and one of theirs had confirmed contact within 90 days")),
    "single_ours": ("warn", "thread", _lazy("Single-threaded: ours"),
                    _lazy("At most one of ours had confirmed contact within 90 days")),
    "single_theirs": ("warn", "thread", _lazy("Single-threaded: theirs"),
                      _lazy("At most one of theirs had confirmed contact within 90 days")),
}  # fmt: skip


@register.simple_tag
def risk_badges(risks):
    """At most three badges, the worst first; nothing without a risk."""
    return SafeString("".join(components.badge(*RISKS[risk]) for risk in risks[:MOST_RISKS]))


@register.simple_tag(takes_context=True)
def customer_cells(context, row, columns):
    """The cells of a Row, in the order of `columns`: (name, label) pairs of the filter."""
    return SafeString("".join(CELLS[name](context, row) for name, _label in columns))


def cell(kind, *content):
    """One cell of a class, around pieces of markup."""
    return f'<td class="{kind}">{"".join(content)}</td>'


def plain(content):
    return f"<td>{content}</td>"


def none_yet():
    return format_html('<span class="muted">{}</span>', _("None yet"))


def manager(context, row):
    return cell("card-part", components.person(context, row.manager, leaving=row.is_leaving))


def activity(_context, row):
    """How long ago, and in a wide table the days without a confirmed contact against the cadence."""
    at = row.customer.last_activity_at
    if not at:
        return cell("card-side nowrap", none_yet())
    measure = components.meter(row.silent_days, row.cadence)
    return cell("card-side nowrap", measure, formats.since(at))


def risks(_context, row):
    found = row.risks
    if not found:
        return plain("")
    return cell("card-line", '<span class="badges">', risk_badges(found), "</span>")


def confirmed(_context, row):
    at = row.customer.last_confirmed_at
    return cell("nowrap", formats.since(at) if at else none_yet())


def status(_context, row):
    return cell("low card-part", escape(str(STATUSES[row.customer.status])))


def named(thing):
    """A region or an industry, or a dash."""
    return plain(formats.marked(thing) if thing else '<span class="muted">–</span>')


def file(_context, row):
    """Five dots, one per part, and the whole as a percentage, as far as the viewer sees the parts."""
    counted = row.file
    if counted is None:
        return plain('<span class="muted">–</span>')
    return cell("low nowrap", five_dots(counted.parts), formats.percent(counted.total), "</span>")


def five_dots(parts):
    """A dot per part: full from 75 per cent, half from 25, else empty, as that of a hidden part is."""
    dots = "".join(dot(12 * place + 5, percent or 0) for place, percent in enumerate(parts))
    return f'<span class="file-dots"><svg class="dots" viewBox="0 0 60 10" aria-hidden="true">{dots}</svg>'


def dot(x, percent):
    if percent >= 75:
        return f'<circle class="full" cx="{x}" cy="5" r="4"/>'
    if percent >= 25:
        half = f'<path class="half" d="M{x - 4} 5a4 4 0 0 0 8 0z"/>'
        return f'<circle cx="{x}" cy="5" r="4"/>{half}'
    return f'<circle class="none" cx="{x}" cy="5" r="4"/>'


CELLS = {
    "manager": manager,
    "backup": lambda context, row: plain(components.person(context, row.backup)),
    "service": lambda context, row: plain(components.person(context, row.service)),
    "activity": activity,
    "confirmed": confirmed,
    "status": status,
    "region": lambda _context, row: named(row.customer.region),
    "industry": lambda _context, row: named(row.customer.industry),
    "file": file,
    "created": lambda _context, row: cell("nowrap", formats.short_day(row.customer.created_at)),
    "risks": risks,
}
