"""Draw a label as a PDF of 4 x 6 inches. The same elements give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import singledispatch

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.code128 import Code128 as Code128Bars
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from shipping.carriers.builtin import fonts
from shipping.domain.label import (
    DPI,
    HEIGHT,
    INNER,
    MARGIN,
    WIDTH,
    Code128,
    Element,
    QrCode,
    Rule,
    Text,
)

DOT = 72 / DPI
QUIET_MODULES = 4


def render(elements: Sequence[Element]) -> bytes:
    """Return the PDF of these elements."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH * DOT, HEIGHT * DOT), invariant=1, pageCompression=1)
    canvas.setTitle("Label")
    canvas.setCreator("Quayside")
    for element in elements:
        _draw(element, canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@singledispatch
def _draw(element: Element, canvas: Canvas) -> None:
    raise TypeError(f"no drawing for {type(element).__name__}")


@_draw.register
def _(element: Text, canvas: Canvas) -> None:
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
    line = canvas.beginText(left, (HEIGHT - element.y - 0.8 * element.size) * DOT)
    line.setFont(name, size)
    line.setHorizScale(squeeze * 100)
    if element.is_bold and not latin:
        canvas.setLineWidth(size / 40)
        line.setTextRenderMode(2)
    line.textOut(element.text)
    if element.is_bold and not latin:
        line.setTextRenderMode(0)
    canvas.drawText(line)


@_draw.register
def _(element: Rule, canvas: Canvas) -> None:
    y = (HEIGHT - element.y - element.thickness) * DOT
    canvas.rect(MARGIN * DOT, y, INNER * DOT, element.thickness * DOT, stroke=0, fill=1)


@_draw.register
def _(element: Code128, canvas: Canvas) -> None:
    bars = Code128Bars(
        element.data,
        barWidth=element.module * DOT,
        barHeight=element.height * DOT,
        quiet=False,
        humanReadable=False,
    )
    left = (WIDTH * DOT - bars.width) / 2
    bars.drawOn(canvas, left, (HEIGHT - element.y - element.height) * DOT)


@_draw.register
def _(element: QrCode, canvas: Canvas) -> None:
    widget = QrCodeWidget(element.data, barLevel="M", barBorder=0)
    widget.qr.make()
    side = widget.qr.getModuleCount() * element.module * DOT
    widget.barWidth = widget.barHeight = side
    drawing = Drawing(side, side)
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, element.x * DOT, HEIGHT * DOT - element.y * DOT - side)
