"""Draw pages as a PDF. The same pages give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatchmethod

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128 as Code128Bars
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from core import gs1
from core.sheets import fonts
from core.sheets.elements import DPI, Code128, Element, Frame, Page, QrCode, Rule, Text

DOT = 72 / DPI
#: The sign that reportlab turns into FNC1.
FNC1 = "\xf1"


def render(pages: Sequence[Page], *, title: str = "Label") -> bytes:
    """Return the PDF of these pages. `title` is what a window showing it is called."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Quayside")
    for page in pages:
        canvas.setPageSize((page.width * DOT, page.height * DOT))
        pen = _Pen(canvas, page)
        for element in page.elements:
            pen.draw(element)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@dataclass(frozen=True)
class _Pen:
    """Draws elements of one page: dots from the top become points from the bottom."""

    canvas: Canvas
    page: Page

    def up(self, y: float) -> float:
        """Return the height above the page's bottom, in points."""
        return (self.page.height - y) * DOT

    @singledispatchmethod
    def draw(self, element: Element) -> None:
        raise TypeError(f"no drawing for {type(element).__name__}")

    @draw.register
    def _(self, element: Text) -> None:
        latin = fonts.is_latin(element.text)
        name = ("Helvetica-Bold" if element.is_bold else "Helvetica") if latin else fonts.NOTO
        size = element.size * DOT * (0.96 if latin else 0.9)
        width = pdfmetrics.stringWidth(element.text, name, size)
        squeeze = min(1.0, element.max_width * DOT / width) if width else 1.0
        shown = width * squeeze
        left = element.x * DOT
        if element.align == "right":
            left -= shown
        elif element.align == "center":
            left += (element.max_width * DOT - shown) / 2
        line = self.canvas.beginText(left, self.up(element.y + 0.8 * element.size))
        line.setFont(name, size)
        line.setHorizScale(squeeze * 100)
        if element.is_bold and not latin:
            self.canvas.setLineWidth(size / 40)
            line.setTextRenderMode(2)
        line.textOut(element.text)
        if element.is_bold and not latin:
            line.setTextRenderMode(0)
        self.canvas.drawText(line)

    @draw.register
    def _(self, element: Rule) -> None:
        y = self.up(element.y + element.thickness)
        size = (element.width * DOT, element.thickness * DOT)
        self.canvas.rect(element.x * DOT, y, *size, stroke=0, fill=1)

    @draw.register
    def _(self, element: Frame) -> None:
        self.canvas.setLineWidth(element.thickness * DOT)
        y = self.up(element.y + element.height)
        size = (element.width * DOT, element.height * DOT)
        self.canvas.rect(element.x * DOT, y, *size, stroke=1, fill=0)

    @draw.register
    def _(self, element: Code128) -> None:
        bars = Code128Bars(
            FNC1 + gs1.join(element.gs1, FNC1) if element.gs1 else element.data,
            barWidth=element.module * DOT,
            barHeight=element.height * DOT,
            quiet=False,
            humanReadable=False,
        )
        centered = (self.page.width * DOT - bars.width) / 2
        left = centered if element.x is None else element.x * DOT
        bars.drawOn(self.canvas, left, self.up(element.y + element.height))

    @draw.register
    def _(self, element: QrCode) -> None:
        widget = QrCodeWidget(element.data, barLevel="M", barBorder=0)
        widget.qr.make()
        side = widget.qr.getModuleCount() * element.module * DOT
        widget.barWidth = widget.barHeight = side
        drawing = Drawing(side, side)
        drawing.add(widget)
        renderPDF.draw(drawing, self.canvas, element.x * DOT, self.up(element.y) - side)
