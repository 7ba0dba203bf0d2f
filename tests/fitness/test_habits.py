"""The habits of the house, watched by a machine."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.core.management import call_command

from kit import registry
from kit.scoping import Everyone
from tests.fitness import messages

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "handover", "crm", "accounts", "kit")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted(p for app in APPS for p in (ROOT / app).rglob("*.py") if "migrations" not in p.parts)
TAGS = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.S)


def named(path):
    return str(path.relative_to(ROOT))


def trees(*parts):
    for path in CODE:
        if not parts or any(part in path.parts for part in parts):
            yield path, ast.parse(path.read_text())


def test_layers_point_in_one_direction():
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2_000:]


def test_every_relation_to_a_person_says_what_becomes_of_it():
    assert registry.undeclared() == []


# Tables that no person reads row by row: derived, machinery, or read only through their parent.
MACHINERY = {
    "accounts.Seal", "accounts.Anchor", "crm.CustomerAccess", "crm.ActivityVisitor",
    "crm.ActivityContact", "crm.ImportRow", "crm.SourceKey", "kit.Beat", "kit.Counter",
    "kit.DestroyedKey", "kit.Disclosure", "kit.Effect", "kit.Job", "kit.Sent", "kit.SubjectKey",
}  # fmt: skip


def test_every_model_says_who_may_see_its_rows():
    silent = {
        model._meta.label
        for app in ("accounts", "crm", "handover", "kit")
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model, "scope") and not hasattr(model, "pgh_tracked_model")
    }
    assert silent - MACHINERY == set()


def test_every_text_has_its_chinese():
    missing = [f"{where}: {text!r}" for (_context, text), where in messages.missing().items()]
    assert missing == [], f"{len(missing)} without a Chinese text"


def test_placeholders_are_the_same_in_both_languages():
    wrong = []
    for entry in messages.catalogue():
        texts = [entry.msgid, entry.msgid_plural or entry.msgid]
        wanted = set(re.findall(r"%\((\w+)\)[sd]", " ".join(texts)))
        for chinese in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            extra = set(re.findall(r"%\((\w+)\)[sd]", chinese)) - wanted
            lost = wanted - set(re.findall(r"%\((\w+)\)[sd]", chinese)) - {"count", "n"}
            if chinese and (extra or lost):
                wrong.append(f"{entry.msgid!r}: {chinese!r}")
    assert wrong == []


def test_no_text_has_two_chinese_texts():
    """The first fragment would win: who means something else gives the text a context."""
    found = {}
    for path in sorted((ROOT / "locale" / "fragments").glob("*.po")):
        for entry in polib.pofile(str(path)):
            texts = (entry.msgstr, tuple(sorted(entry.msgstr_plural.items())))
            found.setdefault((entry.msgctxt, entry.msgid), {}).setdefault(texts, path.name)
    twice = {text: list(ways.values()) for (_context, text), ways in found.items() if len(ways) > 1}
    assert twice == {}


FORBIDDEN = [
    r"\bowner of (?:the|a|this|that) customer", r"\bcustomer(?:'s)? owner\b", r"\binterim\b",
    "离职继承", "在职继承", r"客户所有者", r"所有人",
]  # fmt: skip


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_terms_are_not_used(pattern):
    places = [*TEMPLATES, *CODE, *sorted((ROOT / "locale" / "fragments").glob("*.po"))]
    found = [named(p) for p in places if re.search(pattern, p.read_text(), re.I)]
    assert found == []


def test_chinese_texts_neither_beg_nor_shout():
    texts = [
        text for entry in messages.catalogue()
        for text in [entry.msgstr, *entry.msgstr_plural.values()] if re.search("请(?!求|假|示)|！", text)
        and not re.search("申请|邀请", text)
    ]  # fmt: skip
    assert texts == []


INLINE = re.compile(
    r"<[^>]*\s(?:style|on[a-z]+|hx-on[:\w-]*)\s*=|<style\b|<script(?![^>]*\bsrc=)|javascript:|hx-vals=['\"]js:",
    re.I,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_templates_have_neither_inline_style_nor_script(path):
    assert INLINE.findall(TAGS.sub("", path.read_text())) == []


ENTER = re.compile(r"""['"](?:Enter|keypress)['"]|keyCode\s*===?\s*13|\.which\b""")


def test_one_script_alone_handles_enter():
    """An input method takes a word with Enter: only keys.js, which knows of composing, may look at it."""
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    assert [p.name for p in scripts if ENTER.search(p.read_text())] == ["keys.js"]
    for path in scripts:
        for handler in re.findall(r"'keydown', \((\w+)\) => {\s*(.*?)\n", path.read_text()):
            guard = " ".join(handler)
            assert "composing(" in guard or "event.key !== 'Enter'" in guard, path.name


# (file, model): why these rows are narrowed although the expression does not say so.
NARROWED = {
    ("accounts/views/agreements.py", "AgreementSignature"): "handed to get_visible_or_404",
    ("accounts/views/notifications.py", "Notice"): "narrowed by the service that marks them",
    ("accounts/views/profile.py", "Person"): "one's own row",
    ("crm/api/access.py", "Share"): "the base class narrows what it returns",
    ("crm/api/changesets.py", "ChangeSet"): "the base class narrows what it returns",
    ("crm/api/channels.py", "ContactChannel"): "the base class narrows what it returns",
    ("crm/api/imports.py", "Import"): "the base class narrows what it returns",
    ("crm/api/links.py", "Link"): "the base class narrows what it returns",
    ("crm/api/ownership.py", "Assignment"): "handed to seen, which narrows it",
    ("crm/api/customer_file.py", "Customer"): "the base class narrows what it returns",
    ("crm/api/customer_documents.py", "Customer"): "the base class narrows what it returns",
    ("crm/api/exams.py", "Customer"): "the base class narrows what it returns",
    ("crm/api/private_file.py", "Customer"): "the base class narrows what it returns",
    ("crm/api/late_visits.py", "LateVisit"): "the base class narrows what it returns",
    ("crm/api/important_dates.py", "ImportantDate"): "the base class narrows what it returns",
    (
        "crm/views/important_dates.py",
        "ImportantDate",
    ): "handed to get_visible_or_404 in the next statement",
    ("crm/api/positions.py", "Position"): "the base class narrows what it returns",
    ("crm/views/changesets.py", "ChangeSet"): "handed to get_visible_or_404 in the next statement",
    (
        "crm/views/customer_file.py",
        "Customer",
    ): "handed to get_visible_or_404 in the next statement",
    ("crm/views/late_visits.py", "LateVisit"): "handed to get_visible_or_404 in the next statement",
    ("crm/views/transfers.py", "ChangeSet"): "handed to get_visible_or_404 in the next statement",
    ("crm/views/channels.py", "ContactChannel"): "handed to get_visible_or_404",
    ("crm/views/contacts.py", "Position"): "handed to visible_to in the next statement",
    ("crm/views/customers.py", "Customer"): "handed to get_visible_or_404",
    ("crm/views/customers.py", "Person"): "only people whom the viewer leads",
    ("crm/views/imports.py", "Import"): "handed to get_visible_or_404 in the next statement",
    ("handover/api/handovers.py", "CustomerHandover"): "the base class narrows what it returns",
    ("handover/api/departures.py", "Departure"): "the base class narrows what it returns",
    ("handover/views/departures.py", "Departure"): "the row that get_allowed_or_403 has found",
    ("handover/views/plan_changes.py", "CustomerHandover"): "handed to get_visible_or_404",
    ("handover/views/cases.py", "CustomerHandover"): "handed to get_visible_or_404",
    ("handover/views/cases.py", "HandoverTask"): "handed to get_visible_or_404",
    ("handover/views/handovers.py", "CustomerHandover"): "handed to get_visible_or_404",
    ("handover/views/handover_tasks.py", "Activity"): "handed to get_visible_or_404",
    ("handover/api/rotation.py", "RotationExemption"): "the base class narrows what it returns",
    ("handover/views/rotation_customer.py", "RotationExemption"): "handed to get_visible_or_404",
    ("crm/views/ownership.py", "Assignment"): "of one customer that was found by its right",
    ("handover/views/documents.py", "HandoverDocument"): "handed to get_visible_or_404",
    ("handover/views/documents.py", "HeldThing"): "handed to get_visible_or_404",
    ("handover/views/follow_ups.py", "FollowUp"): "handed to get_visible_or_404",
    ("handover/views/sign_offs.py", "Departure"): "handed to get_visible_or_404",
    ("handover/views/sign_offs.py", "SignOff"): "handed to get_visible_or_404",
    ("handover/api/closing.py", "FollowUp"): "the base class narrows what it returns",
}


def test_views_and_api_read_only_through_visible_to():
    """`.objects` and `_default_manager` in interfaces need `visible_to` in the same expression."""
    bare = []
    for path, tree in trees("views", "api"):
        if "kit" in path.parts:
            continue
        parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager"):
                if {"visible_to", "none"} & chain_of(node, parents) or given_away(node, parents):
                    continue
                model = getattr(node.value, "id", "")
                if (named(path), model) in NARROWED or is_reference(model):
                    continue
                bare.append(f"{named(path)}:{node.lineno}")
    assert bare == []


def is_reference(name):
    """Whether a model of this name is visible to everybody."""
    return any(
        model.__name__ == name and isinstance(getattr(model, "scope", None), Everyone)
        for model in apps.get_models()
    )


def chain_of(node, parents):
    """Names of the calls that follow an attribute: Model.objects.visible_to(…).filter(…)."""
    names = set()
    while isinstance(parents.get(node), (ast.Attribute, ast.Call)):
        up = parents[node]
        if isinstance(up, ast.Call) and up.func is not node:
            break
        names |= {up.attr} if isinstance(up, ast.Attribute) else set()
        node = up
    return names


def given_away(node, parents):
    """Whether the queryset goes into get_visible_or_404, or is narrowed right where it is used."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("get_visible_or_404", "get_visible"):
                return True
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            break
    return isinstance(node, ast.ClassDef)  # a viewset's queryset is narrowed by its base


def test_views_and_api_never_write():
    writes = {
        "save",
        "create",
        "update",
        "delete",
        "bulk_create",
        "bulk_update",
        "get_or_create",
        "update_or_create",
    }
    found = []
    for path, tree in trees("views", "api"):
        if "kit" in path.parts:
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            target = ast.unparse(node.func.value)
            if node.func.attr in writes and ("objects" in target or "filter(" in target):
                found.append(f"{named(path)}:{node.lineno}")
    assert found == []


def test_no_task_waits_in_the_broker():
    """Due times are rows; a countdown or ETA above five minutes is forgotten with Redis."""
    found = [
        f"{named(path)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in ("eta", "countdown")
        and not (isinstance(node.value, ast.Constant) and (node.value.value or 0) <= 300)
    ]  # fmt: skip
    assert found == []


def test_guardian_has_one_door():
    words = {
        "get_objects_for_user",
        "get_objects_for_group",
        "assign_perm",
        "remove_perm",
        "GuardedModelAdmin",
    }
    found = [
        f"{named(path)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if getattr(node, "id", getattr(node, "attr", None)) in words
        or (isinstance(node, ast.alias) and node.name in words)
    ]
    assert found == []


def test_history_is_never_switched_off():
    assert [
        named(p)
        for p in CODE
        if re.search(r"pgtrigger\.(ignore|schema)|pghistory\.context", p.read_text())
    ] == []


def test_the_page_about_powers_is_fresh(db):
    call_command("show_powers", check=True)


def test_no_module_is_a_drawer():
    names = {"utils", "helpers", "common", "misc", "core", "extras", "shared"}
    assert [
        named(p) for p in CODE if p.stem in names or names & set(p.parts[len(ROOT.parts) :])
    ] == []
