"""Files that somebody sends to do harm, and honest ones beside them."""

import io
import struct
import zipfile
import zlib

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>1</script></svg>"
GPS = 34853
PLACE = b"HOLDFAST-SECRET-PLACE"


def picture(form="JPEG", mode="RGB", size=(80, 60), **saved):
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, form, **saved)
    return out.getvalue()


def placed(form="JPEG"):
    """A photo that says where, with what and by whom it was taken."""
    exif = Image.Exif()
    exif[271] = PLACE.decode()
    exif[270] = PLACE.decode()
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (31.0, 13.0, 50.0)
    return picture(form, exif=exif)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def vast(side=30_000):
    """A PNG of a few hundred bytes that says it has side² pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body


def packed(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return out.getvalue()


def office(main="word/document.xml", types=b"<Types/>", more=()):
    return packed([("[Content_Types].xml", types), (main, b"<document/>"), *more])


def relations(target, mode=' TargetMode="External"'):
    """A part of an office file that points at something."""
    kind = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{target}"
    return f'<Relationships><Relationship Type="{kind}" Target="x"{mode}/></Relationships>'.encode()


def streamed(objects, compress=zlib.compress):
    """A PDF (1.5) whose objects are packed."""
    head = b"2 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n"
    return PDF.replace(b"trailer", head + compress(objects) + b"\nendstream\nendobj\ntrailer")


def two_pictures():
    """A photo as phones write it: a second picture behind the first."""
    out = io.BytesIO()
    first, second = (Image.new("RGB", (80, 60), colour) for colour in ("teal", "red"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    return out.getvalue()


def honest():
    """(name, bytes, kind) of files that are kept."""
    settings, icon = (
        ("xl/printerSettings/printerSettings1.bin", b"x"),
        ("word/media/image2.svg", SVG),
    )
    chart = ("word/embeddings/Microsoft_Excel_Sheet1.xlsx", b"x")
    link = ("word/_rels/document.xml.rels", relations("hyperlink"))
    inside = ("_rels/.rels", relations("officeDocument", mode=""))
    by_chance = PDF.replace(b"%%EOF", b"stream\n\x00/JS\x01\nendstream\n%%EOF")
    return [
        ("scan.pdf", by_chance, "pdf"), ("packed.pdf", streamed(b"1 0 << /Type /Page >>"), "pdf"),
        ("phone.jpg", two_pictures(), "jpg"), ("icon.docx", office(more=[icon, chart]), "docx"),
        ("printed.xlsx", office("xl/workbook.xml", more=[settings]), "xlsx"),
        ("links.docx", office(more=[link, inside]), "docx"),
        ("contract.pdf", PDF, "pdf"), ("Contract v1.2.PDF", PDF, "pdf"),
        ("photo.jpg", placed(), "jpg"), ("photo.JPEG", placed(), "jpg"),
        ("scan.png", picture("PNG", "RGBA"), "png"), ("scan.webp", picture("WEBP"), "webp"),
        ("minutes.docx", office(), "docx"), ("quote.xlsx", office("xl/workbook.xml"), "xlsx"),
    ]  # fmt: skip


def named():
    """Sound bytes under names that lie."""
    tricks = ["invoice.php.pdf", "invoice.pHp.pdf", "invoice.PhAr.PDF", "x.html.pdf", "x.sVg.pdf",
              "x.exe.pdf", "x.php5.pdf", "x.phtml.pdf", "x.jsp.pdf", "x.js.pdf", "x.bat .pdf",
              "contract\u202efdp.exe", "contract\u202egpj.pdf", "\u2066x\u2069.pdf", "x\u200f.pdf",
              "x.pdf.exe", "x.pdf.HtMl", "x.pHaR", "x.svg", "x", ".pdf", "x.docx", "x.png",
              "x.pdf;.jpg", "x.html"]  # fmt: skip
    return [(name, PDF) for name in tricks]


def active():
    """Files that act, or that are two at once."""
    both = packed([("index.html", HTML)])
    jar = packed([("META-INF/MANIFEST.MF", b"x"), ("A.class", b"x")])
    return [
        ("x.png", HTML), ("x.pdf", HTML), ("x.jpg", HTML), ("x.svg", SVG), ("x.png", SVG),
        ("x.pdf", SVG), ("x.gif", b"GIF89a/*<script>alert(1)</script>*/"), ("x.jpg", b"GIF89a"),
        ("x.pdf", b"%PDF-1.4 <script>alert(1)</script>\n%%EOF"), ("x.pdf", b" " + PDF),
        ("x.pdf", PDF + both), ("x.pdf", PDF + HTML), ("x.pdf", HTML + PDF),
        ("x.pdf", PDF.replace(b"%%EOF", both + b"\n%%EOF")),
        ("x.pdf", PDF.replace(b"/Type", b"/OpenAction << /S /JavaScript /JS (x) >> /Type")),
        ("x.pdf", PDF.replace(b"/Type", b"/S /J#61vaScript /Type")),
        ("x.pdf", PDF.replace(b"/Type", b"/S /Launch /F (cmd.exe) /Type")),
        ("x.pdf", PDF.replace(b"/Type", b"/EmbeddedFile /Type")), ("x.pdf", b"%PDF-1.4\n"),
        ("x.pdf", b"MZ\x90\x00" + PDF), ("x.exe", b"MZ\x90\x00"), ("x.docx", jar),
        ("x.docx", office(more=[("../../evil.txt", b"x")])),
        ("x.docx", office(more=[("/etc/cron.d/x", b"x")])),
        ("x.xlsx", office("xl/workbook.xml", more=[("..\\..\\x", b"x")])),
        ("x.docx", office(more=[("word/vbaProject.bin", b"x")])),
        ("x.docx", office(types=b"<T ContentType='application/macroEnabled'/>")),
        ("x.docx", office(more=[("word/embeddings/a.docx", b"x")])),
        ("x.xlsx", office("xl/workbook.xml", more=[("big", b"\0" * 120_000_000)])),
        ("x.docx", office(more=[(f"p{n}", b"") for n in range(2_100)])),
        ("x.docx", PDF), ("x.zip", both), ("x.docx", b"PK\x03\x04" + b"\0" * 40),
        ("x.png", vast()), ("x.png", vast(7_100)), ("x.jpg", picture("BMP")), ("x.png", b""),
        ("x.png", picture("PNG")[:60]), ("x.webp", b"RIFF\0\0\0\0WEBPVP8 "), ("x.jpg", picture("TIFF")),
        ("x.pdf", streamed(b"1 0 << /S /JavaScript /JS (x) >>")),
        ("x.pdf", streamed(b"1 0 << /S /J#61vaScript /JS (x) >>")),
        ("x.pdf", streamed(b"x", compress=bytes)), ("x.pdf", streamed(b"\0" * 30_000_000)),
        ("x.pdf", PDF.replace(b"/Root", b"/Encrypt 9 0 R /Root")),
        ("x.docx", office(more=[("word/_rels/settings.xml.rels", relations("attachedTemplate"))])),
        ("x.docx", office(more=[("word/_rels/document.xml.rels", relations("image"))])),
        ("x.docx", office(more=[("word/_rels/document.xml.rels", b"<broken")])),
        ("x.xlsx", office("xl/workbook.xml", more=[("xl/oleObject1.bin", b"x")])),
        ("x.png", picture("JPEG")), ("x.xml", b"<?xml version='1.0'?><x/>"),
    ]  # fmt: skip


def hidden():
    """Pictures that carry more than a picture; they are kept without it."""
    return [
        ("gps.jpg", placed()), ("gps.webp", placed("WEBP")), ("gps.png", placed("PNG")),
        ("tail.jpg", picture() + HTML + PLACE), ("tail.png", picture("PNG") + HTML + PLACE),
        ("zip.jpg", picture() + packed([("x.html", HTML + PLACE)], zipfile.ZIP_STORED)),
        ("comment.jpg", picture(comment=HTML + PLACE)),
    ]  # fmt: skip


def refused():
    return [*named(), *active()]
