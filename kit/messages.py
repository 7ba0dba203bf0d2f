"""Compile the translations without msgfmt: `python -m kit.messages`.

Every domain keeps its own file `locale/fragments/<word>.po`; together they are the catalogue.
English is written in the code; `locale/fragments/en/stock.po` only replaces the sentences of the
libraries by ours.
"""

from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1] / "locale"


CHINESE, ENGLISH = "zh_Hans", "en"
# Language → its folder of fragments, and how many forms a number of things has.
LANGUAGES = {
    CHINESE: ("fragments", "nplurals=1; plural=0;"),
    ENGLISH: ("fragments/en", "nplurals=2; plural=(n != 1);"),
}


def catalogue(language=CHINESE):
    """All fragments of a language as one catalogue. The first translation of a message wins."""
    folder, plurals = LANGUAGES[language]
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Language": language,
        "Plural-Forms": plurals,
    }
    seen = set()
    for path in sorted((ROOT / folder).glob("*.po")):
        for entry in polib.pofile(str(path)):
            key = (entry.msgctxt, entry.msgid)
            if key not in seen and not entry.obsolete:
                seen.add(key)
                merged.append(entry)
    return merged


def compile_messages():
    """Write locale/<language>/LC_MESSAGES/django.mo of every language and return the paths."""
    targets = []
    for language in LANGUAGES:
        target = ROOT / language / "LC_MESSAGES" / "django.mo"
        target.parent.mkdir(parents=True, exist_ok=True)
        catalogue(language).save_as_mofile(str(target))
        targets.append(target)
    return targets


if __name__ == "__main__":
    compile_messages()
