"""The XML inside of a workbook, read piece by piece with expat.

A general library takes twenty seconds of work for a million cells; an import reads three times as
much. Only values are needed here: no formula is evaluated, no link is followed, no entity declared.
"""

import posixpath
import re
from datetime import date, timedelta
from xml.parsers import expat

from kit.rows import limits
from kit.rows.sink import Stop

CHUNK = 1 << 18
CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
PADDED = re.compile(r"0{2,30}")
# Formats that the standard numbers without spelling them out, Chinese and Japanese ones included.
DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
DATE = "date"


class Names(dict):
    """Element names without their prefix."""

    def __missing__(self, name):
        self[name] = name.rpartition(":")[2]
        return self[name]


class Columns(dict):
    """Column letters to numbers, from 0."""

    def __missing__(self, letters):
        number = 0
        for letter in letters:
            number = number * 26 + ord(letter) - 64
        self[letters] = number - 1
        return number - 1


NAMES, COLUMNS = Names(), Columns()


class Book:
    """The sheets, shared texts and number formats of a workbook in an open archive."""

    def __init__(self, archive):
        self.archive = archive
        self.parts = {n.replace("\\", "/").lower(): n for n in archive.namelist()}
        root = next(iter(self.relations("").get("officedocument", {}).values()), "xl/workbook.xml")
        relations = self.relations(root)
        sheets = relations.get("worksheet", {})
        self.sheets, self.since_1904 = [], False
        for name, attributes in self.elements(root, {"sheet", "workbookPr"}):
            if name == "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
                continue
            number = next((v for k, v in attributes.items() if NAMES[k] == "id"), None)
            if number in sheets and self.part(sheets[number]):
                self.sheets.append((attributes.get("name", ""), self.part(sheets[number])))
        self.texts = self.shared(next(iter(relations.get("sharedstrings", {}).values()), None))
        self.styles = self.formats(next(iter(relations.get("styles", {}).values()), None))

    def part(self, path):
        """The name of a part as the archive spells it, or None."""
        return self.parts.get(path.lower()) if path else None

    def relations(self, path):
        """{kind: {id: path}} of what a part refers to inside of the archive."""
        folder, name = posixpath.split(path)
        found = {}
        for _name, attributes in self.elements(
            f"{folder}/_rels/{name}.rels".lstrip("/"), {"Relationship"}
        ):
            if attributes.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2].lower()
            found.setdefault(kind, {})[attributes.get("Id")] = target.lstrip("/")
        return found

    def elements(self, path, wanted):
        """(name, attributes) of the wanted elements of a part; none where there is no such part."""
        found = []

        def start(name, attributes):
            if NAMES[name] in wanted:
                found.append((NAMES[name], attributes))

        for _piece in self.parsed(path, StartElementHandler=start):
            pass
        return found

    def parsed(self, path, **handlers):
        """Run the handlers over a part; yields after every piece, with the parser."""
        part = self.part(path)
        if part is None:
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = refuse
        for name, handler in handlers.items():
            setattr(parser, name, handler)
        try:
            with self.archive.open(part) as file:
                while chunk := file.read(CHUNK):
                    parser.Parse(chunk, False)
                    yield
                parser.Parse(b"", True)
                yield
        except expat.ExpatError as error:
            raise Stop("damaged") from error

    def shared(self, path):
        """The shared texts, without their phonetic notes."""
        texts, parts, state = [], [], {"text": False, "phonetic": False}

        def start(name, attributes):
            name = NAMES[name]
            if name == "t":
                state["text"] = not state["phonetic"]
            elif name == "rPh":
                state["phonetic"] = True

        def end(name):
            name = NAMES[name]
            if name == "t":
                state["text"] = False
            elif name == "rPh":
                state["phonetic"] = False
            elif name == "si":
                texts.append(plain("".join(parts)))
                parts.clear()

        def characters(data):
            if state["text"]:
                parts.append(data)

        for _piece in self.parsed(
            path, StartElementHandler=start, EndElementHandler=end, CharacterDataHandler=characters
        ):
            pass
        return texts

    def formats(self, path):
        """What the number format of each style makes of a number: DATE, a width in zeros, None."""
        codes, styles, inside = {}, [], False
        for name, attributes in self.elements(path, {"numFmt", "cellXfs", "xf", "cellStyles"}):
            if name == "numFmt":
                codes[attributes.get("numFmtId")] = attributes.get("formatCode", "")
            elif name != "xf":
                inside = name == "cellXfs"
            elif inside:
                number = attributes.get("numFmtId", "0")
                styles.append(meaning(number, codes.get(number, "")))
        return styles

    def rows(self, part):
        """(number, texts, faults) of the rows of a sheet that hold something."""
        sheet = Sheet(self)
        for _piece in self.parsed(
            part, StartElementHandler=sheet.start, EndElementHandler=sheet.end,
            CharacterDataHandler=sheet.characters,
        ):  # fmt: skip
            yield from sheet.rows
            sheet.rows.clear()


class Sheet:
    """Handlers that turn the elements of a sheet into rows."""

    def __init__(self, book):
        self.texts, self.styles, self.since_1904 = book.texts, book.styles, book.since_1904
        self.rows = []
        self.number, self.column = 0, -1
        self.cells, self.faults = [], []
        self.kind, self.style, self.parts = "n", None, []
        self.reading = self.phonetic = False

    def start(self, name, attributes):
        name = NAMES[name]
        if name == "c":
            reference = attributes.get("r")
            self.column = COLUMNS[reference.rstrip("0123456789")] if reference else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s")
        elif name == "v" or (name == "t" and not self.phonetic):
            self.reading = True
        elif name == "row":
            number = attributes.get("r")
            self.number = int(number) if number else self.number + 1
            if self.number > limits.ROWS:
                raise Stop("rows", row=self.number, limit=limits.ROWS)
            self.cells, self.faults, self.column = [], [], -1
        elif name == "rPh":
            self.phonetic = True

    def characters(self, data):
        if self.reading:
            self.parts.append(data)

    def end(self, name):
        name = NAMES[name]
        if name == "c":
            if self.parts:
                text = self.text("".join(self.parts))
                self.parts = []
                if text:
                    self.keep(text)
        elif name in ("v", "t"):
            self.reading = False
        elif name == "row":
            if self.cells:
                self.rows.append((self.number, self.cells, self.faults))
        elif name == "rPh":
            self.phonetic = False

    def keep(self, text):
        """Put the text at its column."""
        missing = self.column - len(self.cells)
        if self.column < 0:
            raise Stop("damaged", row=self.number)
        if self.column >= limits.COLUMNS:
            count = self.column + 1
            raise Stop("columns", row=self.number, count=count, limit=limits.COLUMNS)
        if missing > 0:
            self.cells.extend([""] * missing)
        if missing >= 0:
            self.cells.append(text)
        else:
            self.cells[self.column] = text

    def text(self, value):
        """What a person reads in the cell."""
        kind = self.kind
        if kind == "s":
            return self.texts[int(value)]
        if kind == "n":
            style = self.styles[int(self.style)] if self.style and self.styles else None
            return number(value, style, self.since_1904)
        if kind == "b":
            return "true" if value.strip() in ("1", "true") else "false"
        if kind == "e":
            self.faults.append(["error_value", self.column, {"value": value[:20]}])
        return plain(value)


def refuse(*_declaration):
    """A document type is where entities live; no workbook needs one."""
    raise Stop("entities")


def plain(text):
    """Text with the characters that a workbook writes as `_x000D_`."""
    return CODED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def meaning(number, code):
    """What a number format does to the text of a number."""
    if number.isdigit() and int(number) in DATES:
        return DATE
    if PADDED.fullmatch(code):
        return len(code)
    shown = LITERAL.sub("", code.partition(";")[0]).lower()
    is_date = any(sign in shown for sign in "ymdhs") and "general" not in shown
    return DATE if is_date else None


def number(text, style, since_1904):
    """A number as text: whole ones without a point, days in ISO form, zeros that the format shows."""
    if style == DATE:
        return dated(text, since_1904)
    if not text.isdigit():
        value = float(text)
        if value.is_integer() and abs(value) < 1e18:
            text = str(int(value))
        else:
            text = f"{value:.15g}" if 1e-5 < abs(value) < 1e15 else repr(value)
    return text.zfill(style) if style and text.isdigit() else text


def dated(text, since_1904):
    """The day, day and time, or time that a number stands for; else the number."""
    value = float(text)
    days, seconds = divmod(round(value * 86_400), 86_400)
    if not 0 <= days < 2_958_466:
        return text
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    if days == 0 and (seconds or not since_1904):
        return clock if seconds else "1900-01-00"
    first = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if days < 60 else 30)
    found = (first + timedelta(days=days)).isoformat()
    return f"{found} {clock}" if seconds else found
