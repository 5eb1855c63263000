"""Write pages in ZPL for a 203 dpi printer.

Data reach the printer in two forms only: as hexadecimal escapes behind ^FH, where nothing can be
taken for a command, and, beyond Latin-1, as a bitmap behind ^GFA, which is digits alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatch

from PIL import Image, ImageDraw

from core import gs1
from core.sheets import fonts
from core.sheets.elements import Code128, Element, Frame, Page, QrCode, Rule, Text

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ./-")
_BARS_PER_CODE = 11


def render(pages: Sequence[Page], *, copies: int = 1) -> bytes:
    """Return the ZPL of these pages, pure ASCII; each page is printed `copies` times."""
    return "".join(_page(page, copies) for page in pages).encode("ascii")


def _page(page: Page, copies: int) -> str:
    body = "\n".join(_draw(element, page) for element in page.elements)
    size = f"^PW{page.width}\n^LL{page.height}"
    return f"^XA\n^CI28\n{size}\n^LH0,0\n{body}\n^PQ{copies}\n^XZ\n"


def escape(text: str) -> str:
    """Return a field's data for ^FH_: every byte but letters, digits and ` ./-` as `_XX`."""
    return "".join(chr(b) if b in _PLAIN else f"_{b:02X}" for b in text.encode("utf-8"))


@singledispatch
def _draw(element: Element, page: Page) -> str:
    raise TypeError(f"no drawing for {type(element).__name__}")


@_draw.register
def _(element: Text, page: Page) -> str:
    if not fonts.is_latin(element.text):
        return _bitmap(element)
    # The printer's own face is regular only: bold is the same text again, one dot to the right.
    shifts = (0, 1) if element.is_bold else (0,)
    width = element.size * 9 // 10
    field = f"^A0N,{element.size},{width}^FH_^FD{escape(element.text)}^FS"
    if element.align == "right":
        return "\n".join(f"^FO{element.x - shift},{element.y},1{field}" for shift in shifts)
    block = f"^FB{element.max_width},1,0,C" if element.align == "center" else ""
    return "\n".join(f"^FO{element.x + shift},{element.y}{block}{field}" for shift in shifts)


@_draw.register
def _(element: Rule, page: Page) -> str:
    thick = min(element.thickness, element.width)
    return f"^FO{element.x},{element.y}^GB{element.width},{element.thickness},{thick}^FS"


@_draw.register
def _(element: Frame, page: Page) -> str:
    size = f"{element.width},{element.height},{element.thickness}"
    return f"^FO{element.x},{element.y}^GB{size}^FS"


@_draw.register
def _(element: Code128, page: Page) -> str:
    plain = gs1.join(element.gs1, "") if element.gs1 else element.data
    left = element.x
    if left is None:
        left = max((page.width - _code128_modules(plain) * element.module) // 2, 0)
    mode, data = ("N", _gs1_data(element.gs1)) if element.gs1 else ("A", element.data)
    field = f"^BCN,{element.height},N,N,N,{mode}^FH_^FD{escape(data)}^FS"
    return f"^BY{element.module},2,{element.height}^FO{left},{element.y}{field}"


@_draw.register
def _(element: QrCode, page: Page) -> str:
    # The printer moves a QR code down by ten dots of its own.
    field = f"^BQN,2,{element.module}^FH_^FDMA,{escape(element.data)}^FS"
    return f"^FO{element.x},{max(element.y - 10, 0)}{field}"


def _gs1_data(pairs: Sequence[tuple[str, str]]) -> str:
    """Return GS1-128 data with the printer's own signs: >; starts pairs of digits, >8 is FNC1."""
    joined = gs1.join(pairs, "\x1d")
    digits = len(joined) - len(joined.lstrip("0123456789"))
    head = digits - digits % 2
    rest = joined[head:].replace(">", ">0").replace("\x1d", ">8")
    return f">;>8{joined[:head]}" + (f">6{rest}" if rest else "")


def _code128_modules(data: str) -> int:
    """Estimate the width in modules: pairs of digits share a code, start, check and stop are 35."""
    digits = len(data) - len(data.rstrip("0123456789"))
    letters = len(data) - digits
    codes = letters + (1 if letters else 0) + digits // 2 + digits % 2
    return codes * _BARS_PER_CODE + 35


def _bitmap(element: Text) -> str:
    """Return a ^GFA picture of a line that the printer has no glyphs for."""
    font = fonts.bitmap_font(round(element.size * 0.9))
    if font is None:
        raise LookupError("a text beyond Latin-1 reached the printer without its font")
    stroke = 1 if element.is_bold else 0
    drawn = min(element.max_width, int(font.getlength(element.text)) + 2 * stroke + 1)
    width = -(-max(drawn, 8) // 8) * 8
    height = round(element.size * 1.25)
    picture = Image.new("1", (width, height), 0)
    ImageDraw.Draw(picture).text((stroke, 0), element.text, fill=1, font=font, stroke_width=stroke)
    data = picture.tobytes().hex().upper()
    left = element.x
    if element.align == "right":
        left -= width
    elif element.align == "center":
        left += (element.max_width - width) // 2
    total = len(data) // 2
    top = max(element.y - element.size // 8, 0)
    return f"^FO{left},{top}^GFA,{total},{total},{width // 8},{data}^FS"
