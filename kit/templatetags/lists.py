"""Tags of lists: tabs, filter chips, sort heads, pager. All of them are links that keep the query."""

from django import template
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import words

register = template.Library()
PLACES = ("after", "before", "page")  # a new order or filter starts at the first page again


def query(context, **changes):
    """The query string of this page with changes; None takes a parameter away."""
    request = context.get("request")
    params = request.GET.copy() if request else QueryDict(mutable=True)
    for name in PLACES:
        params.pop(name, None)
    for name, value in changes.items():
        values = value if isinstance(value, list) else [value]
        params.setlist(name, [one for one in values if one is not None])
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def keep(context, **changes):
    """`<a href="{% keep view="stale" %}">`: this page with another parameter."""
    return query(context, **changes)


@register.simple_tag(takes_context=True)
def sort_head(context, label, key, current="", first="asc", extra=""):
    """A column head that sorts. `current` is the order in force: key, or -key for falling."""
    order = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    start, other = (key, f"-{key}") if first == "asc" else (f"-{key}", key)
    target = query(context, sort=other if current == start else start)
    sign = {"ascending": "up", "descending": "down"}.get(order)
    arrow = (
        f'<svg class="icon icon-small" aria-hidden="true"><use href="#i-{sign}"/></svg>'
        if sign
        else ""
    )
    kind = format_html(' class="{}"', extra) if extra else ""
    html = '<th scope="col"{} aria-sort="{}"><a href="{}">{}' + arrow + "</a></th>"
    return format_html(html, kind, order, target, label)


@register.simple_tag(takes_context=True)
def filter_chip(context, label, value, name):
    """An active filter and the link that takes it away."""
    html = (
        '<span class="filter filter-on"><span>{}</span><span>{}</span><a href="{}" aria-label="{}">'
        '<svg class="icon icon-small" aria-hidden="true"><use href="#i-close"/></svg></a></span>'
    )
    removal = _("Remove filter: %(filter)s") % {"filter": label}
    return format_html(html, label, value, query(context, **{name: None}), removal)


@register.simple_tag
def count_text(total, most=0):
    """1,234, or 1,000+ where counting stopped at `most`."""
    if total is None:
        return ""
    return f"{words.grouped(most)}+" if most and total > most else words.grouped(total)


@register.inclusion_tag("components/pager.html")
def pager(shown, total=None, most=0, previous="", next=""):
    """How many are shown of how many, with links to the neighbours (keyset: no page numbers)."""
    text = ngettext("%(count)s shown", "%(count)s shown", shown) % {"count": words.grouped(shown)}
    if total is not None:
        text = _("%(count)s of %(total)s") % {
            "count": words.grouped(shown),
            "total": count_text(total, most),
        }
    return {"text": text, "previous": previous, "next": next}


@register.inclusion_tag("components/tabs.html")
def tabs(items, label):
    """Saved views or sections: items with url, label, current and, if wanted, count."""
    return {"items": items, "label": label}
