"""Bars of a Code 128, for pages that print one as SVG."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.graphics.barcode.code128 import Code128

#: Modules of white on either side, without which scanners see nothing.
QUIET = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One black bar: its left edge and its width, in modules."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A whole code: its bars, and its width in modules with the quiet zones."""

    bars: tuple[Bar, ...]
    width: int


def draw(text: str) -> Bars:
    """Return the bars of `text`, which is ASCII."""
    code = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    bars, x = [], QUIET
    for sign in code.decomposed:
        # Small letters are spaces and capitals are bars; a is one module wide.
        width = ord(sign.lower()) - ord("a") + 1
        if sign.isupper():
            bars.append(Bar(x, width))
        x += width
    return Bars(tuple(bars), x + QUIET)
