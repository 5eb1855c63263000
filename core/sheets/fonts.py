"""The two type faces of a label: Helvetica for Latin-1, Noto Sans SC for everything else.

Noto Sans SC (SIL Open Font License) is fetched at set-up into `static/vendor/fonts`. Where it is
missing, labels still print, and characters beyond Latin-1 are replaced and reported.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

NOTO = "QuaysideNotoSC"


def font_path() -> Path:
    """Return where set-up puts the font file."""
    return Path(settings.CJK_FONT)


@cache
def noto() -> TTFont | None:
    """Return the registered font, read once per process (about a second); None when absent."""
    path = font_path()
    if not path.is_file():
        return None
    try:
        font = TTFont(NOTO, str(path))
    except TTFError:
        return None
    pdfmetrics.registerFont(font)
    return font


@cache
def bitmap_font(size: int) -> ImageFont.FreeTypeFont | None:
    """Return the font at a height in dots for drawing bitmaps; None when absent."""
    path = font_path()
    return ImageFont.truetype(str(path), size) if path.is_file() else None


def is_latin(text: str) -> bool:
    """Say whether the printer's own fonts suffice."""
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def may_print(char: str) -> bool:
    """Say whether one of the two faces has a glyph for a character."""
    if is_latin(char):
        return char.isprintable()
    font = noto()
    return font is not None and ord(char) in font.face.charToGlyph
