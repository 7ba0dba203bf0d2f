"""Files that people send: what they are by their content, and cleaned before they are kept.

Nothing is believed that the sender says. Images are drawn anew, so that nothing stays of them but
what can be seen; other files are kept as they are, and are only ever handed out to be saved.
"""

import io
import re
import zipfile
import zlib
from pathlib import PurePosixPath

from defusedxml import ElementTree
from django.utils.translation import gettext as _

from kit.cells.texts import INVISIBLE
from kit.errors import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 2_000
ENDINGS = {
    "pdf": {"pdf"}, "png": {"png"}, "jpg": {"jpg", "jpeg"}, "webp": {"webp"},
    "docx": {"docx"}, "xlsx": {"xlsx"},
}  # fmt: skip
IMAGES = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}
# A photo of many phones has a second picture behind the first (MPO); the first is kept.
READ_AS = IMAGES | {"MPO": "jpg"}
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# An ending in the middle of a name that some server or desk would run.
RUN = {
    "asp", "aspx", "bat", "cgi", "cmd", "com", "cpl", "dll", "exe", "hta", "htm", "html", "jar",
    "js", "jsp", "jspx", "lnk", "mjs", "msi", "phar", "php", "phtml", "pif", "pl", "ps1", "py",
    "scr", "sh", "shtml", "svg", "svgz", "vbs", "wsf", "xhtml", "xht", "xml", "xsl",
}  # fmt: skip
RUN_FAMILY = re.compile(r"(php|pht)\d*s?$")
# Names long enough not to stand in compressed bytes by chance; "/JS" alone is never an action.
PDF_ACTS = re.compile(
    rb"/(JavaScript|Rendition|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z])"
)
PDF_STREAM = re.compile(rb"(?<!end)stream\r?\n")
PDF_DICTIONARY = 2_000  # bytes before a stream in which its kind is said
HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
MARKUP = re.compile(rb"<\s*(!doctype|html|script|svg|body|iframe|\?php)", re.IGNORECASE)
PARTS_REFUSED = re.compile(
    r"(^|/)\.\.(/|$)|^/|\\|:|vbaproject|activex|/embeddings/|\.(exe|dll|js|vbs|bin|html?|svg)$",
    re.IGNORECASE,
)
# What office programs put into ordinary files: how to print, an icon, the numbers of a chart.
PARTS_KNOWN = re.compile(
    r"xl/printersettings/printersettings\d+\.bin|(word|xl)/media/[\w-]+\.svg"
    r"|word/embeddings/microsoft_excel_\w+\.xlsx",
    re.IGNORECASE,
)
ZIP_START, ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
LAST = 65_557  # where the directory of an archive may end


class Unsafe(Refused):
    """This file is not kept. `code` says what is wrong with it."""

    def __init__(self, code, message):
        super().__init__(message, field="file", code=code)


def shown_name(name):
    """The name of a file as it may be shown. Unsafe where it pretends to be another one."""
    if BIDI.search(name) or any(ord(sign) < 32 for sign in name):
        raise Unsafe("name", _("The name of this file hides signs. Rename it"))
    name = INVISIBLE.sub("", name).replace("\\", "/").rsplit("/", 1)[-1].strip()
    inner = [one.lstrip(".").strip().lower() for one in PurePosixPath(name).suffixes[:-1]]
    if any(one in RUN or RUN_FAMILY.match(one) for one in inner):
        raise Unsafe("name", _("The name of this file has two endings. Rename it"))
    return name[-120:]


def cleaned(data, name):
    """(kind, bytes to keep, name to show) of a file that was sent.

    data: all its bytes. Raises Unsafe for everything that is none of ENDINGS, or more than one.
    """
    if not data:
        raise Unsafe("empty", _("This file is empty"))
    if len(data) > MOST_BYTES:
        raise Unsafe("too_large", too_large())
    name = shown_name(name)
    kind, data = read(data)
    if PurePosixPath(name).suffix.lstrip(".").lower() not in ENDINGS[kind]:
        raise Unsafe("ending", _("The ending of the name does not fit what is in the file"))
    return kind, data, name


def too_large():
    return _("This file is larger than %(limit)s MB.") % {"limit": MOST_BYTES // 2**20}


def unknown():
    return Unsafe("kind", _("Only PDF, photos (JPEG, PNG, WebP), DOCX and XLSX are kept"))


def read(data):
    """(kind, bytes to keep) by what the file begins with."""
    if data.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "pdf", pdf(data)
    if data.startswith(ZIP_START):
        return office(data), data
    if data.startswith((b"\x89PNG\r\n", b"\xff\xd8\xff")) or data[8:12] == b"WEBP":
        return image(data)
    raise unknown()


def pdf(data):
    """The same bytes, where nothing in them acts and nothing else is hidden around them."""
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip() or ZIP_END in data[-LAST:] or MARKUP.search(data[:1024]):
        raise Unsafe("polyglot", _("This file is damaged, or it holds more than one file"))
    if b"/Encrypt" in plain(data):
        raise Unsafe("locked", _("This PDF is locked by a password. Save it without one"))
    if any(PDF_ACTS.search(plain(part)) for part in (data, *packed_objects(data))):
        raise Unsafe("active", _("This PDF holds a script or another file. Print it to a PDF anew"))
    return data


def plain(data):
    """The bytes of a PDF with its names as they are meant: /J#61va is /Java."""
    return HEX_NAME.sub(lambda found: bytes([int(found[1], 16)]), data)


def packed_objects(data):
    """What stands in the object streams of a PDF (since 1.5), where a search does not reach."""
    for found in PDF_STREAM.finditer(data):
        if b"/ObjStm" in plain(data[max(0, found.start() - PDF_DICTIONARY) : found.start()]):
            yield inflated(data[found.end() :])


def inflated(data):
    try:
        reader = zlib.decompressobj()
        opened = reader.decompress(data, MOST_BYTES)
    except zlib.error as error:
        raise Unsafe(
            "polyglot", _("This file is damaged, or it holds more than one file")
        ) from error
    if reader.unconsumed_tail:
        raise Unsafe("bomb", _("This file unpacks to too much"))
    return opened


def office(data):
    """The kind of an office file that holds no macro, no other file and nothing outside itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            weigh(parts)
            kinds = {OFFICE[one.filename] for one in parts if one.filename in OFFICE}
            types = archive.read("[Content_Types].xml").lower()
            outside = any(leads_out(archive.read(one)) for one in parts if is_relation(one))
    except Unsafe:
        raise
    except Exception as error:  # whatever a reader of archives says of a broken one
        raise unknown() from error
    if len(kinds) != 1:
        raise unknown()
    if outside or b"macroenabled" in types or b"vbaproject" in types:
        raise Unsafe("active", _("This file holds macros or other files"))
    return kinds.pop()


def is_relation(part):
    return part.filename.lower().endswith(".rels")


def leads_out(relations):
    """Does this part of an office file fetch anything from elsewhere? A link that one clicks does not."""
    return any(
        one.get("TargetMode") == "External" and not one.get("Type", "").endswith("/hyperlink")
        for one in ElementTree.fromstring(relations).iter()
    )


def weigh(parts):
    """Unsafe where the parts are too many or too heavy, or lie where none may lie."""
    sizes = sum(one.file_size for one in parts)
    if len(parts) > MOST_PARTS or sizes > MOST_UNPACKED:
        raise Unsafe("bomb", _("This file unpacks to too much"))
    bad = any(is_refused(one.filename) or one.flag_bits & 1 for one in parts)
    if bad or len({one.filename.lower() for one in parts}) != len(parts):
        raise Unsafe("active", _("This file holds macros or other files"))


def is_refused(name):
    return PARTS_REFUSED.search(name) and not PARTS_KNOWN.fullmatch(name)


def image(data):
    """(kind, the picture drawn anew): upright, without place, device or anything appended."""
    picture = opened(data)
    kind = READ_AS[picture.format]
    return kind, written(picture, kind)


def opened(data):
    """The picture of these bytes. Its size is asked before a single pixel is read."""
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(data), formats=list(IMAGES))
        if picture.width * picture.height > MOST_PIXELS:
            raise Unsafe("bomb", _("This picture is larger than 50 megapixels"))
        picture.load()
    except Unsafe:
        raise
    except Exception as error:  # whatever a reader of pictures says of a broken one
        if type(error).__name__ == "DecompressionBombError":
            raise Unsafe("bomb", _("This picture is larger than 50 megapixels")) from error
        raise Unsafe("kind", _("This picture cannot be read")) from error
    return picture


def written(picture, kind):
    """The bytes of a picture that holds its pixels and nothing else."""
    from PIL import Image, ImageOps

    upright = ImageOps.exif_transpose(picture)
    mode = "RGBA" if kind != "jpg" and upright.has_transparency_data else "RGB"
    bare = Image.new(mode, upright.size)
    bare.paste(upright.convert(mode))
    out = io.BytesIO()
    bare.save(out, {one: name for name, one in IMAGES.items()}[kind], quality=88)
    return out.getvalue()


def marked(data, text):
    """A picture as JPEG with `text` written across it, line after line."""
    from PIL import Image, ImageDraw, ImageFont

    from kit.paper import FONT, files

    picture = opened(data).convert("RGB")
    picture.thumbnail((1600, 1600))
    side = int((picture.width**2 + picture.height**2) ** 0.5) + 1
    veil = Image.new("L", (side, side), 0)
    draw, size = ImageDraw.Draw(veil), max(14, side // 45)
    font = ImageFont.truetype(str(files(FONT[0]) / FONT[1]), size)
    row = (text + "   ") * (side // max(1, int(draw.textlength(text, font=font))) + 2)
    for number, top in enumerate(range(0, side, size * 5)):
        draw.text((-(number % 2) * size * 4, top), row, font=font, fill=110)
    veil = veil.rotate(30).crop(centre(side, picture.size))
    picture.paste((120, 120, 120), (0, 0), veil)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


def centre(side, size):
    left, top = (side - size[0]) // 2, (side - size[1]) // 2
    return left, top, left + size[0], top + size[1]
