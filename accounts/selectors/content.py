"""Content by name: as the company has it, else as the product ships it."""

import datetime
from functools import cache
from pathlib import Path

from django.apps import apps

from accounts.models import Content
from kit.memo import remembered
from kit.templatetags.words import said as said  # a text of a document in the reader's language


def content(name):
    """The document `name` as a dict. Raises LookupError where the product has none of this name."""
    return remembered(f"content {name}", lambda: stored(name) or shipped(name))


def stored(name):
    """The body of the company's own copy, or None before it was loaded."""
    return Content.objects.filter(name=name).values_list("body", flat=True).first()


@cache
def shipped(name):
    """The document as the product ships it, out of <app>/content/<name>.yaml or the folder <name>."""
    import yaml

    for path in files():
        if path.stem == name:
            return texts(path) if path.is_dir() else plain(yaml.safe_load(path.read_text()))
    raise LookupError(name)


def texts(folder):
    """A folder of long texts, each <id>.en.md and <id>.zh.md with its head in YAML, as one document."""
    rows = []
    for path in sorted(folder.glob("*.en.md")):
        (head, text), (other, text_zh) = (
            split(one) for one in (path, path.with_name(path.name.replace(".en.", ".zh.")))
        )
        rows.append(head | {
            "title": {"en": head["title"], "zh": other["title"]},
            "text": {"en": text, "zh": text_zh},
        })  # fmt: skip
    return {"version": max(row["version"] for row in rows), "texts": rows}


def split(path):
    """(what the head of a text says, the text without its title) of a Markdown file."""
    import yaml

    _nothing, head, text = path.read_text().split("---\n", 2)
    paragraphs = [one.strip() for one in text.split("\n\n")]
    return yaml.safe_load(head), "\n\n".join(one for one in paragraphs if one and one[0] != "#")


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
    """The documents of all apps, files and folders of texts, in the order of their names."""
    found = (Path(app.path) / "content" for app in apps.get_app_configs())
    return sorted(path for folder in found for path in folder.glob("*")
                  if path.is_dir() or path.suffix == ".yaml")  # fmt: skip


def plain(value):
    """What YAML reads as what JSON keeps: days as text."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime.date) else value
