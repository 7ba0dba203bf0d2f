"""The components of `/ui` as template tags. templates/components/README.md lists them all.

Small marks that stand in every row of a list are written in Python: an included template costs
some 60 µs, a function some 5. Frames with content are block tags, the rest are templates.
"""

from functools import lru_cache

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from . import fields, figures, formats, lists, words

register = template.Library()
for library in (formats, lists, fields, figures):
    register.filters.update(library.register.filters)
    register.tags.update(library.register.tags)

NOTHING = SafeString("")
HIDDEN = SafeString('aria-hidden="true"')


# ---- marks -------------------------------------------------------------------------------------
@lru_cache(maxsize=500)
def icon_svg(name, extra=""):
    kind = f"icon {extra}".strip()
    return mark_safe(  # noqa: S308 names come from templates, not from people
        f'<svg class="{escape(kind)}" aria-hidden="true"><use href="#i-{escape(name)}"/></svg>'
    )


@register.simple_tag
def icon(name, small=False, extra=""):
    """A sign of the sprite, always beside a word or inside something with a label."""
    return icon_svg(name, f"icon-small {extra}".strip() if small else extra)


@register.simple_tag
def tier(letter, large=False):
    """Tier A is solid, B outlined, C dashed; no tier, no tile."""
    return tile(str(letter), words.chinese()) if letter else NOTHING


@lru_cache(maxsize=20)
def tile(letter, _in_chinese):
    label = _("Tier %(letter)s") % {"letter": letter}
    html = '<span class="tier tier-{}" role="img" aria-label="{}">{}</span>'
    return format_html(html, letter.lower(), label, letter)


@register.simple_tag
def badge(kind, sign, text, title=""):
    """A risk or a state: danger, warn, ok, info or "" with a sign and a word, at most three."""
    extra = f" badge-{kind}" if kind else ""
    hint = format_html(' title="{}"', title) if title else NOTHING
    return format_html('<span class="badge{}"{}>{}{}</span>', extra, hint, icon_svg(sign), text)


@register.simple_tag
def state(kind, sign, text):
    """A small word with a sign beside the thing it speaks of: busy, ok, warn, danger or ""."""
    extra = f" state-{kind}" if kind else ""
    return format_html(
        '<span class="state{}">{}{}</span>', extra, icon_svg(sign) if sign else "", text
    )


# ---- people and customers ----------------------------------------------------------------------
def face(person, kind="ours", leaving=False, large=False, label=False):
    """Ours are squares, theirs are circles, nobody is hatched."""
    name = words.shown_name(person) if person else ""
    extra = {"theirs": " avatar-theirs", "nobody": " avatar-nobody"}.get(
        kind if person else "nobody", ""
    )
    extra += " avatar-leaving" * bool(leaving) + " avatar-large" * bool(large)
    role = format_html('role="img" aria-label="{}"', name) if label else HIDDEN
    return format_html('<span class="avatar{}" {}>{}</span>', extra, role, words.initials(name))


@register.simple_tag
def avatar(person, kind="ours", leaving=False, large=False, label=False):
    return face(person, kind, leaving, large, label)


@register.simple_tag
def avatars(people, most=3, kind="ours"):
    """Several faces side by side, the rest as a number."""
    people = list(people or ())
    marks = format_html_join("", "{}", ((face(one, kind, label=True),) for one in people[:most]))
    more = len(people) - most
    rest = format_html('<span class="avatar avatar-more">+{}</span>', more) if more > 0 else NOTHING
    return format_html('<span class="avatar-stack">{}{}</span>', marks, rest)


def address(thing, url, link):
    if url or not link:
        return url or ""
    find = getattr(thing, "get_absolute_url", None)
    return find() if find else ""


def chip(who, kind="ours", url="", link=True, leaving=False):
    """Face and name, linked to `url`, else to the page of whom it shows; None reads Nobody."""
    if not who:
        return nobody()
    inner = face(who, kind, leaving), formats.marked(words.shown_name(who))
    target = address(who, url, link)
    if target:
        return format_html('<a class="person" href="{}">{}{}</a>', target, *inner)
    return format_html('<span class="person">{}{}</span>', *inner)


def dependents(context, who):
    """The page of what depends on one of ours, for a reader who may open it, else ""; see the shell."""
    find = context.get("depends_on")
    return find(who) if find and getattr(who, "pk", None) else ""


@register.simple_tag(takes_context=True)
def person(context, who, kind="ours", url="", link=True, leaving=False):
    """One of ours with face and name, linked to what depends on them where the reader may open that,
    else to the person's page; None reads Nobody."""
    return chip(who, kind, url or (dependents(context, who) if link else ""), link, leaving)


@register.simple_tag(takes_context=True)
def person_entry(context, who):
    """One of ours in a directory: the name leads to the person, a sign to what depends on them."""
    found = dependents(context, who)
    if not found:
        return chip(who)
    label = _("If %(name)s left tomorrow") % {"name": words.shown_name(who)}
    html = '<span class="row nowrap">{}<a class="button button-quiet button-icon button-small" href="{}" aria-label="{}" title="{}">{}</a></span>'
    return format_html(html, chip(who), found, label, label, icon_svg("door"))


@register.simple_tag
def contact(who, url="", link=True):
    """One of theirs: a circle."""
    return chip(who, "theirs", url, link)


@register.simple_tag
def nobody(text=""):
    return format_html('<span class="person muted">{}{}</span>', face(None), text or _("Nobody"))


@register.simple_tag
def customer(who, note="", url="", link=True):
    """Tier, short name and one line of note: the first cell of a row and the head of a card."""
    name = formats.marked(getattr(who, "short_name", "") or getattr(who, "name", "") or str(who))
    target = address(who, url, link)
    head = '<a href="{}">{}</a>' if target else "{}<strong>{}</strong>"
    html = f'<span class="customer">{{}}{head}{"<small>{}</small>" if note else "{}"}</span>'
    return format_html(html, tier(getattr(who, "tier", "")), target, name, note or "")


# ---- numbers -----------------------------------------------------------------------------------
@register.simple_tag
def meter(value, limit, label=""):
    """Days since contact against the cadence: the tick is the limit, red is beyond it."""
    share = min(100, round(75 * float(value or 0) / float(limit or 1)))
    role = format_html('role="img" aria-label="{}"', label) if label else HIDDEN
    html = (
        '<svg class="meter" {}><rect class="bar-track" width="100%" height="6" rx="3"/>'
        '<rect class="{}" width="{}%" height="6" rx="3"/><path class="axis-line" d="M42 0v6"/></svg>'
    )
    return format_html(html, role, "bar-leaving" if share > 75 else "bar", share)


@register.simple_tag
def progress(value, label, low=False, most=100):
    html = '<progress{} max="{}" value="{}" aria-label="{}">{}</progress>'
    return format_html(
        html, mark_safe(' class="progress-low"') if low else "", most, value, label, value
    )


# ---- frames ------------------------------------------------------------------------------------
@register.simple_block_tag
def panel(content, title="", url="", link="", aside="", level=2, body=False, foot="", id=""):
    """A hairline box with a head: `url` and `link` make its one link, `aside` anything else."""
    side = format_html('<a href="{}">{}</a>', url, link) if url else aside
    head = NOTHING
    if title:
        html = '<header class="panel-head"><h{0}>{1}</h{0}>{2}</header>'
        head = format_html(html, level, title, side)
    inner = format_html('<div class="panel-body stack">{}</div>', content) if body else content
    tail = format_html('<footer class="panel-foot">{}</footer>', foot) if foot else NOTHING
    name = format_html(' id="{}"', id) if id else NOTHING
    return format_html('<section class="panel"{}>{}{}{}</section>', name, head, inner, tail)


@register.simple_block_tag
def table(content, label, caption, cards=False):
    """The frame of a table of a list. On phones it is left out, for cards stand beside it; with
    `cards` its rows turn into cards there: the one markup for both.
    """
    html = (
        '<section class="panel {}"><div class="table-wrap" tabindex="0" role="region" '
        'aria-label="{}"><table class="table{}"><caption class="visually-hidden">{}</caption>{}'
        "</table></div></section>"
    )
    shapes = ("panel-cards", " table-cards") if cards else ("wide-only", "")
    return format_html(html, shapes[0], label, shapes[1], caption, content)


@register.simple_block_tag
def banner(content, kind="", sign="info"):
    """A lasting remark in the flow: "", warn or danger. Never a toast."""
    extra = f" banner-{kind}" if kind else ""
    html = '<div class="banner{}">{}{}</div>'
    return format_html(html, extra, icon_svg(sign), content)


@register.simple_block_tag
def event(content, sign, title, who="", when="", kind=""):
    """One entry of a timeline; kind is "", independent (service line) or trouble."""
    extra = f" event-{kind}" if kind else ""
    small = format_html("<small>{}</small>", who) if who else NOTHING
    html = (
        '<li class="event{}"><span class="event-icon">{}</span><div>'
        "<header><strong>{}</strong>{}{}</header>{}</div></li>"
    )
    return format_html(html, extra, icon_svg(sign), title, small, when, content)


@register.simple_block_tag(takes_context=True)
def seat(context, content, title, holder=None, note="", url="", link=True):
    """A slot of the identity bar. Without a holder it is hatched and shows its content: the remedy."""
    small = format_html("<small>{}</small>", note) if note else NOTHING
    if holder:
        html = '<div class="seat"><dt>{}</dt><dd>{}{}{}</dd></div>'
        return format_html(
            html,
            title,
            chip(holder, url=url or (link and dependents(context, holder)), link=link),
            small,
            content,
        )
    remedy = content if content.strip() else format_html("<strong>{}</strong>", _("Nobody"))
    return format_html(
        '<div class="seat seat-empty"><dt>{}</dt><dd>{}{}</dd></div>', title, remedy, small
    )


@register.simple_block_tag
def page_header(content, title, count="", note="", as_of=""):
    """The title of a page, how many there are, and its acts: one solid button at most."""
    number = format_html(' <span class="count">{}</span>', count) if str(count) else NOTHING
    stamp = format_html('<span class="as-of">{}</span>', as_of) if as_of else NOTHING
    acts = format_html('<span class="row-end">{}</span>', content) if content.strip() else NOTHING
    line = format_html("<p>{}</p>", note) if note else NOTHING
    html = '<header class="page-header"><h1>{}{}</h1>{}{}{}</header>'
    return format_html(html, title, number, stamp, acts, line)


@register.inclusion_tag("components/empty.html")
def empty(title, text="", kind="nothing", url="", button="", sign=""):
    """Why it is empty: nothing (yet), match (nothing matches), done (nothing left to do)."""
    signs = {"nothing": "box", "match": "filter", "done": "check"}
    extra = " empty-done" if kind == "done" else ""
    given = {"title": title, "text": text, "url": url, "button": button}
    return given | {"sign": sign or signs.get(kind, "box"), "extra": extra}


@register.inclusion_tag("components/undo_bar.html", takes_context=True)
def undo_bar(context, text, undo="", view="", sign="check"):
    """What was done, Undo (posts to `undo`) and View. It stays until it is closed."""
    given = {"text": text, "undo": undo, "view": view, "sign": sign}
    return given | {"csrf_token": context.get("csrf_token")}


@register.simple_block_tag
def dialog(content, id, title, sheet=False, level=2):
    """A dialog, on phones a bottom sheet if `sheet`; opened by `data-open="id"`."""
    extra = mark_safe(' class="sheet"') if sheet else NOTHING
    html = (
        '<dialog{0} id="{1}" aria-labelledby="{1}-title"><header class="dialog-head">'
        '<h{2} id="{1}-title">{3}</h{2}><button type="button" class="button button-quiet button-icon" '
        'data-close aria-label="{4}">{5}</button></header>{6}</dialog>'
    )
    return format_html(html, extra, id, level, title, _("Close"), icon_svg("close"), content)


@register.simple_tag
def html_lang():
    """`lang` of the page: en or zh-Hans."""
    return "zh-Hans" if words.chinese() else "en"
