"""Text for sheets: cleaned of what no printer should see, measured and broken into lines. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Final

_WIDE: Final = frozenset("WF")
_NARROW: Final = frozenset("iljftrI.,:;'|!()[] ")

MayPrint = Callable[[str], bool]


def clean_text(text: str, may_print: MayPrint, limit: int = 400) -> tuple[str, str]:
    """Return (printable text, characters replaced by a question mark).

    Control characters, bidirectional overrides, variation selectors and lone surrogates go; runs
    of blanks become one. What is left and no font can print becomes `?`. At most `limit`
    characters are looked at, so a name of megabytes costs nothing.
    """
    composed = unicodedata.normalize("NFC", "".join(map(_blank_or_keep, text[:limit])))
    kept: list[str] = []
    lost: list[str] = []
    for char in composed:
        if char == " " or may_print(char):
            kept.append(char)
        elif unicodedata.category(char)[0] != "M":
            kept.append("?")
            lost.append(char)
    return " ".join("".join(kept).split()), "".join(dict.fromkeys(lost))


def _blank_or_keep(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Zs", "Zl", "Zp"}:
        return " "
    return "" if category[0] == "C" else char


def text_width(text: str, size: int) -> int:
    """Return an upper estimate of the width of `text` in dots, for wrapping."""
    ems = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in _WIDE:
            ems += 1.0
        elif char in _NARROW:
            ems += 0.36
        else:
            ems += 0.74 if char.isupper() else 0.6
    return int(ems * size)


def wrap(text: str, size: int, max_width: int, max_lines: int) -> list[str]:
    """Break text into at most `max_lines` lines that fit; the last one ends in `...` when cut."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < max_lines:
        cut = _fitting(rest, size, max_width)
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    if rest:
        last = lines[-1]
        while last and text_width(last + "...", size) > max_width:
            last = last[:-1]
        lines[-1] = last.rstrip() + "..."
    return lines


def _fitting(text: str, size: int, max_width: int) -> int:
    """Return how many characters fit, ending at a blank if one is near the end of the line."""
    used = 0
    for index, char in enumerate(text):
        used += text_width(char, size)
        if used > max_width:
            blank = text.rfind(" ", 1, index)
            return blank if blank > index // 2 else max(1, index)
    return len(text)
