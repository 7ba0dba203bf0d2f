"""F05: whatever is typed into a text is shown as text, on every page, in a real browser.

Sixty payloads lie in every free text of the product. No page runs one of them, makes an element of one
or evaluates one as a template; every page has its content policy, without inline scripts.
"""

import contextvars
import os
import re
from collections import Counter
from contextlib import contextmanager
from functools import partial
from itertools import count
from unittest import mock
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connections, models, transaction
from django.urls import reverse

from tests.accept import frame
from tests.accept.frame import Mutant
from tests.matrix import addresses, engine
from tests.matrix.world import World

ROUNDS = frame.size(1, 4)  # in each the payloads stand in other fields
SITE = "http://holdfast.test"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Who looks, by how much they see: of each page the first who may open it.
VIEWERS = ("hu", "zhao", "he", "sun", "bai", "li", "gao", "fang")
OURS = ("accounts", "crm", "handover")
# Texts that a machine reads: a code, a key, a setting. None is typed freely.
CODES = {
    "code", "country", "currency", "digest", "email", "field", "gate", "key", "language", "name_key",
    "owner", "password", "path", "question", "request_id", "search_key", "seen", "sort", "state_before",
    "subject_id", "subject_type", "tier", "time_zone", "token_key", "trigger", "url", "verb", "who",
}  # fmt: skip
INSIDE = {"Fact": "value", "WriteUp": "answers", "TeamTalk": "points", "FollowUp": "answers"}
EVALUATED = "123458"  # what a template engine would make of 123457 and 1
TAGS = [
    "<script{x}>pwn()</script>", "<img{x} src=x onerror=pwn()>", "<svg{x} onload=pwn()>",
    "<body{x} onload=pwn()>", "<iframe{x} srcdoc='<script>parent.pwn()</script>'>",
    "<a{x} href=javascript:pwn()>x</a>", "<input{x} autofocus onfocus=pwn()>",
    "<details{x} open ontoggle=pwn()>", "<video{x}><source onerror=pwn()></video>",
    "<math{x}><mtext></p><script>pwn()</script>", "<style{x}>*{{background:url(//evil.test)}}</style>",
    "<link{x} rel=stylesheet href=//evil.test>", "<base{x} href=//evil.test/>",
    "<meta{x} http-equiv=refresh content='0;url=//evil.test'>", "<form{x} action=//evil.test><button>",
    "<object{x} data=//evil.test>", "<embed{x} src=//evil.test>", "<marquee{x} onstart=pwn()>",
    "<div{x} hx-get=//evil.test hx-trigger=load>", "<div{x} hx-on::load=pwn()>",
]  # fmt: skip
BREAKS = ["", '">', "'>", "</textarea>", "</script>", "-->", "</title>"]
OTHERS = [
    "{{ 123457|add:1 }}", "{{123457+1}}", "${123457+1}", "#{123457+1}", "<%= 123457+1 %>", "{% debug %}",
    "{% load static %}{{ 123457|add:'1' }}", "javascript:pwn()", '" onfocus=pwn() autofocus x="',
    "' onmouseover=pwn() '", "`-pwn()-`", "\\u003cscript\\u003epwn()\\u003c/script\\u003e",
    "&lt;script&gt;pwn()&lt;/script&gt;", "%3Cscript%3Epwn()%3C/script%3E", "\u202e<script>pwn()</script>",
    "＜script＞pwn()＜/script＞", "data:text/html,<script>pwn()</script>", "]]><script>pwn()</script>",
    '{"a":"</script><script>pwn()</script>"}', "<scr<script>ipt>pwn()</scr</script>ipt>",
]  # fmt: skip
MARKED = [BREAKS[n % len(BREAKS)] + TAGS[n % len(TAGS)].format(x=" data-pwn") for n in range(40)]
PAYLOADS = [*MARKED, *OTHERS]
FOUND = """(evaluated) => {
    const live = (e) => [...e.attributes].some((a) => a.name.startsWith('on') || a.name.startsWith('hx-on')
        || /^\\s*javascript:/i.test(a.value) && ['href', 'src', 'action', 'formaction'].includes(a.name));
    const made = [...document.querySelectorAll('*')].filter((e) => e.hasAttribute('data-pwn') || live(e));
    const read = document.body.innerText.includes(evaluated) ? ['evaluated as a template'] : [];
    return [...made.map((e) => e.outerHTML.slice(0, 120)), ...read];
}"""


def run():
    assert len(PAYLOADS) == 60
    figures, wrong = Counter(), []
    with browser() as chromium:  # beside it there is another connection than without it
        for turn in range(ROUNDS):
            with frame.undone():
                world = World()
                figures["texts"] += poison(turn)
                wrong += looked_at(world, chromium, figures)
        connections.close_all()
    enough = figures["pages"] > 100 * ROUNDS and figures["texts"] > 100 * ROUNDS
    return not wrong and enough, {**figures, "wrong": len(wrong), "first": wrong[:5]}


# -- texts ---------------------------------------------------------------------------------------


def poison(turn):
    """Write a payload into every free text of every row; how many were written."""
    number, written = count(turn * 17), 0
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model.__name__.endswith("Event"):
            continue
        texts, inside = free_texts(model), INSIDE.get(model.__name__)
        for row in model._base_manager.all() if texts or inside else ():
            for field in texts:
                written += put(row, field.name, payload(number, field.max_length))
            if inside:
                written += put(row, inside, infected(getattr(row, inside), number))
    return written


def free_texts(model):
    """The columns of a model into which somebody types what they like."""
    return [
        field for field in model._meta.concrete_fields
        if isinstance(field, (models.CharField, models.TextField)) and not field.choices
        and not field.unique and field.name not in CODES and (field.max_length or 40) >= 40
    ]  # fmt: skip


def payload(number, longest):
    """The next payload that fits."""
    fitting = [one for one in PAYLOADS if len(one) <= (longest or 10_000)]
    return fitting[next(number) % len(fitting)]


def infected(value, number):
    """A JSON value with payloads for its texts."""
    if isinstance(value, dict):
        return {key: infected(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [infected(one, number) for one in value]
    return payload(number, None) if isinstance(value, str) else value


def put(row, name, value):
    """1 where the database takes the value: some columns have rules of their own."""
    try:
        with transaction.atomic():
            type(row)._base_manager.filter(pk=row.pk).update(**{name: value})
    except DatabaseError:
        return 0
    return 1


# -- pages ---------------------------------------------------------------------------------------


@contextmanager
def browser():
    """Debian's Chromium; without it the test fails."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["HOLDFAST_CHROMIUM"], args=FLAGS
        )
        yield chromium
        chromium.close()


def looked_at(world, chromium, figures):
    """Open every page as somebody who may; what happened there that should not."""
    wrong, windows = [], {}
    here = contextvars.copy_context()  # in which the windows ask
    for address in engine.every_address():
        viewer = first_who_may(address)
        if viewer is None:
            continue
        url = reverse(
            address.name, kwargs=addresses.arguments(address.name, address.parameters, world)
        )
        ask = partial(here.run, world.browsers[viewer].get)
        answer = ask(url)
        kind = answer.headers.get("Content-Type", "")
        figures[kind.partition(";")[0]] += 1
        if kind.startswith("text/html") and answer.status_code == 200:
            window = windows.get(viewer) or Window(ask, chromium)
            windows[viewer] = window
            figures["pages"] += 1
            wrong += [f"{url} as {viewer}: {one}" for one in policy(answer) + window.opened(url)]
        elif kind.startswith("application/pdf") and re.search(
            rb"/(JS|JavaScript|Launch|URI)\b", answer.content
        ):
            wrong.append(f"{url}: a PDF that acts")
    return wrong


def first_who_may(address):
    """Of VIEWERS the first to whom the table promises the page."""
    cells = engine.table().get((address.name, "GET"), {})
    ends = address.is_api or "logout" in address.route
    return None if ends else next((name for name in VIEWERS if cells.get(name) == "ok"), None)


def policy(answer):
    """What is wrong with the content policy of a page."""
    told = answer.headers.get("Content-Security-Policy", "")
    scripts = re.search(r"script-src ([^;]*)", told)
    return [] if scripts and "unsafe-inline" not in scripts[1] else [f"policy: {told[:80]!r}"]


class Window:
    """A window of one person, whose requests the product answers in this very transaction."""

    def __init__(self, ask, chromium):
        from playwright.sync_api import Error

        self.ask, self.seen, self.left = ask, [], Error
        self.page = chromium.new_context().new_page()
        self.page.route("**/*", self.answer)
        self.page.expose_function("pwn", lambda: self.seen.append("a payload ran"))
        self.page.on("dialog", lambda dialog: (self.seen.append("a dialog"), dialog.dismiss()))
        self.page.on("console", self.hear)

    def opened(self, url):
        """What a page did that no text may make it do."""
        self.seen.clear()
        try:
            self.page.goto(SITE + url, wait_until="load")
            return [*self.seen, *self.page.evaluate(FOUND, EVALUATED)]
        except self.left as error:
            return [*self.seen, f"the page was left: {error.message[:80]}"]

    def hear(self, message):
        if "Content Security Policy" in message.text:
            self.seen.append(message.text[:160])

    def answer(self, route):
        """As a server would; nothing goes to another host."""
        url = urlsplit(route.request.url)
        if f"{url.scheme}://{url.netloc}" != SITE:
            self.seen.append(f"asked {url.netloc}")
            return route.abort()
        if url.path.startswith("/static/"):
            path = finders.find(url.path.removeprefix("/static/"))
            return route.fulfill(path=path) if path else route.fulfill(status=404)
        htmx = {k: v for k, v in route.request.headers.items() if k.startswith("hx-")}
        got = self.ask(f"{url.path}?{url.query}", headers=htmx)
        body = got.getvalue() if got.streaming else got.content
        return route.fulfill(status=got.status_code, headers=dict(got.headers), body=body)


# -- mutants -------------------------------------------------------------------------------------


def unescaped():
    """Names come out as they were typed."""
    return mock.patch("django.template.base.conditional_escape", str)


def without_policy():
    """The content policy is forgotten."""
    return mock.patch(
        "csp.middleware.CSPMiddleware.process_response", lambda self, request, response: response
    )


MUTANTS = [Mutant("texts are not escaped", unescaped), Mutant("no content policy", without_policy)]
