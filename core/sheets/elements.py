"""What can be drawn on a sheet, before anybody decides between PDF and ZPL. Pure.

Both renderers draw exactly these elements, so they can't disagree about what a sheet says. Text
comes in already cleaned and wrapped (`core.sheets.wording`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

DPI: Final = 203
#: Widths and heights in dots: a shipping label of 4 x 6 inches, a small one of 4 x 2, and A4.
LABEL: Final = (812, 1218)
SMALL_LABEL: Final = (812, 406)
A4: Final = (1678, 2374)
MARGIN: Final = 40
INNER: Final = LABEL[0] - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: top-left corner (right edge when `align` is right), height in dots."""

    x: int
    y: int
    size: int
    text: str
    is_bold: bool = False
    align: Literal["left", "right", "center"] = "left"
    max_width: int = INNER


@dataclass(frozen=True, slots=True)
class Rule:
    """A filled bar: by default a line as wide as a label allows."""

    y: int
    thickness: int = 3
    x: int = MARGIN
    width: int = INNER


@dataclass(frozen=True, slots=True)
class Frame:
    """An empty rectangle with its top-left corner at (x, y)."""

    x: int
    y: int
    width: int
    height: int
    thickness: int = 2


@dataclass(frozen=True, slots=True)
class Code128:
    """A Code 128 symbol, centered unless `x` names its left edge; `module` is the narrow bar.

    With `gs1`, pairs of application identifier and value, it is a GS1-128 of these instead of
    `data`: see `gs1_parts`.
    """

    y: int
    height: int
    data: str
    module: int = 4
    x: int | None = None
    gs1: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code (level M); `module` is one square in dots."""

    x: int
    y: int
    data: str
    module: int = 8


Element = Text | Rule | Frame | Code128 | QrCode


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: its size in dots and what stands on it."""

    width: int
    height: int
    elements: tuple[Element, ...]
