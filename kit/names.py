"""Sort and search keys of names in Latin and Chinese script.

No wheel of PostgreSQL carries ICU, so Chinese sorts by a stored pinyin key, the same everywhere.
"""

import re
import unicodedata
from functools import lru_cache

# Surnames whose common reading is not the surname's.
SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "盖": "ge", "朴": "piao",
    "区": "ou", "任": "ren", "华": "hua", "尉": "wei", "缪": "miao", "宓": "mi", "翟": "zhai",
    "乐": "yue", "员": "yun", "洗": "xian", "繁": "po", "能": "nai", "黑": "he", "覃": "qin",
    "召": "shao", "折": "she", "秘": "bi", "冼": "xian", "訾": "zi", "郇": "xun", "万俟": "mo qi",
    "尉迟": "yu chi", "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
HOUSES = ("氏", "记")
HAN = re.compile(r"[㐀-鿿]")
SEPARATORS = re.compile(r"[\s·•.,，。、()（）\[\]【】'\"“”‘’&/\\_-]+")


def fold(text):
    """Lower case, half width, no accents: the form in which names are compared."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text or ""))
    return "".join(c for c in text if not unicodedata.combining(c)).casefold().strip()


def bare(text):
    """Letters and digits only, folded: what is left of a name where signs, blanks, width differ."""
    return "".join(c for c in fold(text) if c.isalnum())


@lru_cache(maxsize=20_000)
def syllables(name, person=False):
    """The readings of a name, one per Han character, Latin words as they are."""
    name = fold(name)
    if not HAN.search(name):
        return tuple(part for part in SEPARATORS.split(name) if part)
    from pypinyin import Style, lazy_pinyin  # half a second to import: only where Han occurs

    head, rest = "", name
    for size in (2, 1):
        house = name[size : size + 1] in HOUSES  # a firm under the name of a family
        if name[:size] in SURNAMES and (person or house):
            head, rest = SURNAMES[name[:size]], name[size:]
            break
    parts = head.split() + lazy_pinyin(rest, style=Style.NORMAL, errors=lambda run: list_words(run))
    return tuple(part for part in parts if part)


def list_words(run):
    """Split a run without Han characters into words."""
    return [part for part in SEPARATORS.split(run) if part]


def sort_key(name, person=False):
    """The key by which lists are sorted: readings parted by spaces, then the name itself."""
    return (" ".join(syllables(name, person)) or fold(name))[:200]


def initials(name, person=False):
    """First letters of the readings: 华东机电 gives hdjd."""
    return "".join(part[0] for part in syllables(name, person))


def search_key(*names, person=False):
    """Everything a name can be found by: the names, the joined pinyin, the initials."""
    parts = []
    for name in filter(None, names):
        parts += [fold(name), "".join(syllables(name, person)), initials(name, person)]
    return "|".join(dict.fromkeys(part for part in parts if part))[:600]


def spans(name, word):
    """The stretches (from, to) of a name that show why `word` finds it: itself, else the signs whose
    initials or readings it spells.
    """
    folded = fold(name)
    if len(folded) == len(name) and (start := folded.find(word)) >= 0:
        return [(start, start + len(word))]
    tokens = [(one.start(), one.end()) for one in re.finditer(r"[㐀-鿿]|[^\W㐀-鿿]+", name)]
    read = syllables(name)
    if len(read) != len(tokens) or not word:
        return []
    start = "".join(part[0] for part in read).find(word)
    if start >= 0:
        return [(first, first + 1) for first, _end in tokens[start : start + len(word)]]
    for start in range(len(read)):
        if "".join(read[start:]).startswith(word):
            ends = [sum(map(len, read[start:stop])) for stop in range(start, len(read))]
            return tokens[start : start + sum(end < len(word) for end in ends)]
    return []


def grams(text):
    """Han characters and their neighbouring pairs: short Chinese terms have no trigrams."""
    found = set()
    for run in re.findall(r"[㐀-鿿]+", text):
        found.update(run)
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return sorted(found)
