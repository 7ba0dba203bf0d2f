"""Content by name: as the company has it, else as the product ships it."""

import datetime
from functools import cache
from pathlib import Path

from django.apps import apps
from django.utils.translation import get_language

from accounts.models import Content
from kit.memo import remembered


def content(name):
    """The document `name` as a dict. Raises LookupError where the product has none of this name."""
    return remembered(f"content {name}", lambda: stored(name) or shipped(name))


def stored(name):
    """The body of the company's own copy, or None before it was loaded."""
    return Content.objects.filter(name=name).values_list("body", flat=True).first()


@cache
def shipped(name):
    """The document as the product ships it, out of <app>/content/<name>.yaml."""
    import yaml

    for path in files():
        if path.stem == name:
            return plain(yaml.safe_load(path.read_text()))
    raise LookupError(name)


def unloaded():
    """Names of documents whose shipped text is not in the database and may come: not edited ones."""
    ours = {row.name: row for row in Content.objects.all()}
    names = [path.stem for path in files()]
    return [
        name
        for name in names
        if name not in ours or (not ours[name].edited_at and ours[name].body != shipped(name))
    ]


def files():
    """The documents of all apps, in the order of their names."""
    found = (Path(app.path) / "content" for app in apps.get_app_configs())
    return sorted(path for folder in found for path in folder.glob("*.yaml"))


def plain(value):
    """What YAML reads as what JSON keeps: days as text."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def said(texts, language=None):
    """The text of a pair {en, zh} in a language, the reader's by default."""
    chinese = (language or get_language() or "").startswith("zh")
    return texts["zh"] if chinese and texts.get("zh") else texts["en"]
