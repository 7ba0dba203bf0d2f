"""Which texts the code and the templates ask a translation for, without xgettext.

`python -m tests.fitness.messages [part of a path]` lists those without a Chinese text, as PO entries.
"""

import ast
import re
import sys
from pathlib import Path

from kit.messages import catalogue

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "handover", "crm", "accounts", "kit")
CALLS = {
    "_": (0,), "_lazy": (0,), "gettext": (0,), "gettext_lazy": (0,), "gettext_noop": (0,),
    "ngettext": (0,), "ngettext_lazy": (0,),
}  # fmt: skip
CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
LITERAL = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
WRITTEN = re.compile(rf"\b(n?p?gettext|_)\(\s*({LITERAL})(?:\s*,\s*({LITERAL}))?")


def used():
    """{(context, msgid): "file:line"} of everything that is asked for."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                found |= in_python(path)
    for path in sorted((ROOT / "templates").rglob("*.html")) + sorted(
        (ROOT / "templates").rglob("*.txt")
    ):
        found |= in_template(path)
    return found


def in_python(path):
    found = {}
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        where = f"{path.relative_to(ROOT)}:{node.lineno}"
        if name in CALLS and isinstance(texts[0], str):
            found[None, texts[0]] = where
        elif name in CONTEXT and len(texts) > 1 and isinstance(texts[1], str):
            found[texts[0], texts[1]] = where
    return found


def in_template(path):
    from django.utils.translation.template import templatize

    found, source = {}, templatize(path.read_text(), origin=str(path))
    for match in WRITTEN.finditer(source):
        function, first, second = match.groups()
        where = f"{path.relative_to(ROOT)}:{source.count(chr(10), 0, match.start()) + 1}"
        if function in ("pgettext", "npgettext"):
            found[ast.literal_eval(first), ast.literal_eval(second)] = where
        else:
            found[None, ast.literal_eval(first)] = where
    return found


def missing():
    """{(context, msgid): place} without a Chinese text."""
    known = {
        (entry.msgctxt, entry.msgid)
        for entry in catalogue()
        if entry.msgstr or (entry.msgstr_plural and all(entry.msgstr_plural.values()))
    }
    return {key: where for key, where in used().items() if key not in known and key[1].strip()}


if __name__ == "__main__":
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    for (context, text), where in missing().items():
        if part in where:
            print(
                f'#: {where}\n{f"msgctxt {context!r}" if context else ""}msgid {text!r}\nmsgstr ""\n'
            )
