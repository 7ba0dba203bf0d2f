"""Papers as PDF files: A4, one font that holds Chinese and Latin and is embedded, plain text only.

The same texts and the same `made_at` give the same bytes: a paper can be made again and compared.
"""

import re
from importlib.resources import files

from kit.cells.texts import HAN, INVISIBLE

FONT = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
MARGIN, TEXT, SMALL = 20, 10.5, 9  # mm, points, points
LEADING = 0.55  # mm of line height for a point of the letters
UNKNOWN = "□"  # stands where the font has no such letter
GREY, INK = 90, 20
# Where a line may end: after a word and its spaces, between Chinese signs but not before their stops.
PIECES = re.compile(rf"[（《“‘]?[{HAN}][，。、；：）》”’！？]*|[^\s{HAN}（《“‘]+\s*|\S\s*|\s+")


class Paper:
    """A document that is written from top to bottom.

    title, author: of the file. made_at: an aware datetime that stands for when it was made.
    foot: a short text beside the page number.
    """

    def __init__(self, title, *, author, made_at, foot=""):
        from fpdf import FPDF  # slow to import, and few processes write papers

        self.pdf = pdf = FPDF(format="A4")
        pdf.set_margins(MARGIN, MARGIN)
        pdf.c_margin = 0
        pdf.set_auto_page_break(True, MARGIN)
        pdf.add_font("paper", fname=str(files(FONT[0]) / FONT[1]))
        self.letters = pdf.fonts["paper"].cmap
        pdf.footer = self._foot
        self.foot = self.clean(foot)
        pdf.set_title(self.clean(title))
        pdf.set_author(self.clean(author))
        pdf.set_creation_date(made_at)
        pdf.add_page()

    def clean(self, text):
        """One line of what the font can show: no control signs, a box for a letter it has not."""
        text = " ".join(INVISIBLE.sub("", str(text)).split())
        return "".join(sign if ord(sign) in self.letters else UNKNOWN for sign in text)

    def page(self):
        """Go on at the top of a new page."""
        self.pdf.add_page()

    def title(self, text):
        self._write(text, 18, after=3)

    def heading(self, text):
        """A heading over a hairline, never alone at the foot of a page."""
        pdf = self.pdf
        if pdf.will_page_break(24):
            pdf.add_page()
        pdf.ln(4)
        self._write(text, 12.5)
        pdf.set_draw_color(190)
        pdf.line(MARGIN, pdf.get_y() + 1, pdf.w - MARGIN, pdf.get_y() + 1)
        pdf.ln(2.5)

    def paragraph(self, text):
        self._write(text, TEXT, after=2)

    def item(self, text, small=""):
        """A line of a list, with a smaller grey one below it."""
        if self.pdf.will_page_break(12):
            self.pdf.add_page()
        self._write(text, TEXT)
        if small:
            self._write(small, SMALL, grey=GREY)
        self.pdf.ln(1.5)

    def facts(self, pairs):
        """(label, value) below each other."""
        for label, value in pairs:
            self._write(f"{label}: {value}", TEXT, after=0.5)

    def file(self):
        """The finished PDF, in bytes."""
        return bytes(self.pdf.output())

    def _write(self, text, size, *, after=0, grey=INK):
        pdf = self.pdf
        pdf.set_font("paper", size=size)
        pdf.set_text_color(grey)
        for line in self._lines(self.clean(text), pdf.w - 2 * MARGIN):
            pdf.cell(0, size * LEADING, line, new_x="LMARGIN", new_y="NEXT")
        pdf.ln(after)

    def _lines(self, text, width):
        """The text in lines that are no wider than `width` mm in the present size."""
        width, line, used = width - 1, "", 0
        for piece, whole in self._pieces(text, width):
            bare = piece.rstrip()
            wide = whole if bare == piece else self.pdf.get_string_width(bare)
            if line and used + wide > width:
                yield line.rstrip()
                line, used = "", 0
            line += piece
            used += whole
        yield line.rstrip()

    def _pieces(self, text, width):
        """(word or sign, its width); a word that is wider than a line comes letter by letter."""
        for piece in PIECES.findall(text):
            wide = self.pdf.get_string_width(piece)
            if wide > width:
                yield from ((sign, self.pdf.get_string_width(sign)) for sign in piece)
            else:
                yield piece, wide

    def _foot(self):
        pdf = self.pdf
        pdf.set_y(-14)
        pdf.set_font("paper", size=8)
        pdf.set_text_color(GREY)
        pdf.cell(0, 5, self.foot)
        pdf.set_x(MARGIN)
        pdf.cell(0, 5, str(pdf.page_no()), align="R")
