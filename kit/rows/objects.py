"""JSON: a list of objects, lists inside of objects, objects line by line.

Objects become dotted columns. Lists of objects inside of headings (objects with at most three values
of their own, such as a province) are the rows, and the headings are repeated beside each of them.
"""

import json
import re
from collections import Counter

from kit.rows import encoding as encodings
from kit.rows import limits
from kit.rows.headers import clean
from kit.rows.sink import Stop

HEADING = 3  # more values of its own make an object a row
DEPTH = 40
JOIN = "; "


def parse(path, sheet, encoding, sink, about):
    """Hand the rows of the document to the sink."""
    name = encoding or encodings.detect(path)
    about["encoding"] = name
    with open(path, encoding=encodings.codec(name), errors="surrogateescape") as file:
        text = file.read(limits.JSON_BYTES + 1)
    if len(text) > limits.JSON_BYTES:
        raise Stop("json_size", limit=limits.JSON_BYTES // limits.MIB)
    records = table(document(text), sheet, sink, about)
    columns = list(dict.fromkeys(key for record in records for key in record))
    if len(columns) > limits.COLUMNS:
        raise Stop("columns", count=len(columns), limit=limits.COLUMNS)
    if not columns:
        raise Stop("no_table")
    sink.headers = clean(columns, sink, 1)
    sink.width = len(columns)
    for number, record in enumerate(records, 2):
        sink.put(number, [record.get(key, "") for key in columns])


def document(text):
    """The parsed text; objects line by line are a list."""
    text = text.strip().lstrip("\ufeff")
    try:
        return loads(text)
    except ValueError as error:
        if not text.startswith("{") or "\n" not in text:
            raise broken(error) from error
    result = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if line.strip():
            try:
                result.append(loads(line))
            except ValueError as error:
                raise Stop("json", row=number, line=number, place=1) from error
    return result


def loads(text):
    """Numbers stay the text they are, so no zero and no digit is lost."""
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def broken(error):
    line, place = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    return Stop("json", row=line, line=line, place=place)


def table(found, sheet, sink, about):
    """The rows of a document as flat dicts of text."""
    if isinstance(found, list):
        if found and all(isinstance(one, list) for one in found):
            return from_lists(found)
        items, outer, path = objects(found, sink), [], ""
    elif isinstance(found, dict):
        items, outer, path = [found], [], ""
    else:
        raise Stop("no_table")
    rows = [(outer, item) for item in items]
    root = isinstance(found, dict)
    while (key := inner(rows, root, sheet, path, about)) is not None:
        rows, empty = descend(rows, key, path, sink)
        if empty:
            sink.remark("empty_lists", count=empty, list=key)
        path, root = f"{path}.{key}".strip("."), False
    if sheet and path != sheet:
        raise Stop("no_sheet", name=str(sheet)[:60], sheets=", ".join(about["sheets"])[:300])
    if path:
        about["sheet"] = path
        sink.remark("list_rows", list=path)
    return joined(rows)


def objects(found, sink):
    """The objects of a list; other values in it are counted, not lost silently."""
    items = [one for one in found if isinstance(one, dict)]
    if len(items) < len(found):
        sink.remark("no_objects", count=len(found) - len(items))
    return items


def from_lists(found):
    """A list of lists whose first names the columns."""
    names = [scalar(name) for name in found[0]]
    names = [name or f"#{at}" for at, name in enumerate(names, 1)]
    return [
        {names[at] if at < len(names) else f"#{at + 1}": scalar(value)
         for at, value in enumerate(record)}
        for record in found[1:]
    ]  # fmt: skip


def lists(item, prefix="", depth=0):
    """Dotted keys of the lists of objects in an object, the nearest first."""
    near, far = [], []
    for key, value in item.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            near.append(prefix + key)
        elif isinstance(value, dict) and depth < DEPTH:
            far += lists(value, f"{prefix}{key}.", depth + 1)
    return near + far


def inner(rows, root, sheet, path, about):
    """The key of the list that holds the rows, or None when these are the rows."""
    keys = Counter(key for _outer, item in rows for key in lists(item))
    full = [f"{path}.{key}".strip(".") for key in keys]
    about["sheets"] += [one for one in full if one not in about["sheets"]]
    if sheet:
        wanted = (k for k, f in zip(keys, full, strict=True) if f"{sheet}.".startswith(f"{f}."))
        return next(wanted, None)
    if not keys:
        return None
    if root:
        return min(keys, key=lambda key: key.count("."))
    own = max(len(flat(item, skip=tuple(keys))) for _outer, item in rows[:200])
    return next(iter(keys)) if len(keys) == 1 and own <= HEADING else None


def descend(rows, key, path, sink):
    """The objects of the lists under `key`, each with what stands around it."""
    result, empty = [], 0
    for outer, item in rows:
        value = item
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        held = objects(value, sink) if isinstance(value, list) else []
        empty += not held
        around = [*outer, (path.rpartition(".")[2] or "root", flat(item, skip=(key,)))]
        result += [(around, one) for one in held]
        if len(result) > limits.ROWS:
            raise Stop("rows", row=len(result), limit=limits.ROWS)
    return result, empty


def joined(rows):
    """Flat rows; a name that occurs at several levels keeps its plain form only in the innermost."""
    flats = [(outer, flat(item)) for outer, item in rows]
    levels = Counter()
    seen = {}
    for outer, own in flats:
        for level, (_name, values) in enumerate([*outer, ("", own)]):
            for key in values:
                seen.setdefault(key, set()).add(level)
    levels = {key for key, found in seen.items() if len(found) > 1}
    result = []
    for outer, own in flats:
        record = {}
        for name, values in outer:
            for key, value in values.items():
                record[f"{name}.{key}" if key in levels else key] = value
        result.append(record | own)
    return result


def flat(item, prefix="", skip=(), depth=0):
    """An object as {dotted key: text}."""
    result = {}
    for key, value in item.items():
        name = f"{prefix}{key}"
        if name in skip:
            continue
        if isinstance(value, dict) and value and depth < DEPTH:
            result |= flat(value, f"{name}.", skip, depth + 1)
        else:
            result[name] = scalar(value)
    return result


def scalar(value):
    """A value as text: lists of values joined, lists of objects as JSON."""
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return JOIN.join(scalar(one) for one in value)
    return json.dumps(value, ensure_ascii=False)
