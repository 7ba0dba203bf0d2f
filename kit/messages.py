"""Compile the translations without msgfmt: `python -m kit.messages`.

Every domain keeps its own file `locale/fragments/<word>.po`; together they are the catalogue.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1] / "locale"


def catalogue():
    """All fragments as one catalogue. The first translation of a message wins."""
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": "zh_Hans",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    seen = set()
    for path in sorted((ROOT / "fragments").glob("*.po")):
        for entry in polib.pofile(str(path)):
            key = (entry.msgctxt, entry.msgid)
            if key not in seen and not entry.obsolete:
                seen.add(key)
                merged.append(entry)
    return merged


def compile_messages():
    """Write locale/zh_Hans/LC_MESSAGES/django.mo and return its path."""
    folder = ROOT / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "django.mo"
    catalogue().save_as_mofile(str(target))
    return target


if __name__ == "__main__":
    compile_messages()
