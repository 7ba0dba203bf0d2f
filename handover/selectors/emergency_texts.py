"""The company's words after a freeze, filled in: what a caller says, the briefing, the statement."""

import re

from django.utils.translation import gettext as _

from accounts.access import Action, can
from accounts.models import Company
from accounts.selectors.calendar import working_calendar
from accounts.selectors.content import content, said
from crm.models import Order
from kit.dates import company_zone, today
from kit.templatetags.words import short_day_words, shown_name

GAP = re.compile(r"\{(\w+)\}")
BLANK = "________"  # to be filled in by hand
LANGUAGES = ("en", "zh-hans")


def filled(texts, values, language=None):
    """A text of the company with its gaps filled; what is not known stays a line to write on."""
    return GAP.sub(lambda gap: str(values.get(gap[1]) or BLANK), said(texts, language))


def company(language=None):
    """The name of the company in a language."""
    row = Company.objects.filter(pk=1).first()
    return said({"en": row.name, "zh": row.name_zh}, language) if row else ""


def script(viewer, call, answers):
    """What is said in a call: opening, points, what to listen for, closing, what is never said."""
    scripts = {one["tier"]: one for one in content("emergency")["call_scripts"]}
    found = scripts.get(call.tier) or scripts["C"]
    values = values_of(call, answers) | {
        "caller": shown_name(viewer),
        "orders": orders(viewer, call),
    }
    parts = {name: [filled(one, values) for one in found.get(name, [])]
             for name in ("points", "listen_for", "never_say")}  # fmt: skip
    rule = said(content("emergency")["unreachable_rule"])
    return parts | {
        "opening": filled(found["opening"], values), "closing": filled(found["closing"], values),
        "rule": rule,
    }  # fmt: skip


def values_of(call, answers):
    """What a script says of a call."""
    days, day = working_calendar(), today(company_zone())
    one, two = days.add_working_days(day, 1), days.add_working_days(day, 2)
    return {
        "former": shown_name(call.freeze.person), "company": company(),
        "date": short_day_words(call.freeze.frozen_at.astimezone(company_zone()).date()),
        "acting": shown_name(answers) if answers else "", "date_1": short_day_words(one),
        "date_2": short_day_words(two),
    }  # fmt: skip


def orders(viewer, call):
    """The numbers of a few open orders, for whoever may see them."""
    if not can(viewer, Action.TRADE_VIEW, call.customer):
        return ""
    rows = Order.objects.visible_to(viewer, Action.TRADE_VIEW).filter(customer=call.customer)
    numbers = list(rows.filter(state="open").order_by("promised_on", "pk").values_list("number", flat=True)[:3])  # fmt: skip
    return _(", ").join(numbers)


def names_of(freeze, acting, language):
    """What briefing and statement say of a freeze, in a language."""
    from django.utils import translation

    with translation.override(language):
        separator = "、" if language.startswith("zh") else ", "
        return {
            "former": shown_name(freeze.person), "company": company(language),
            "date": short_day_words(freeze.frozen_at.astimezone(company_zone()).date()),
            "acting": separator.join(shown_name(person) for person, *_rest in acting),
        }  # fmt: skip


def briefing(freeze, acting):
    """[(language, paragraphs)] of what is told to the staff."""
    texts = content("emergency")["staff_briefing"]
    return [
        (one, [filled(text["text"], names_of(freeze, acting, one), one) for text in texts])
        for one in LANGUAGES
    ]


def statement(freeze, acting):
    """[(language, title, text)] of what is told to customers.

    acting: [(person,)] of the one customer it is for; empty leaves a line to write on.
    """
    text = content("emergency")["customer_statement"]
    return [
        (one, said(text["title"], one),
         filled(text["text"], names_of(freeze, acting, one), one))
        for one in LANGUAGES
    ]  # fmt: skip


def meeting_plan():
    """How a meeting goes, line by line."""
    return [said(one["text"]) for one in content("emergency")["meeting_plan"]]
