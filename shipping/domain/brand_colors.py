"""A seller's color on public pages: what stands on it must stay readable.

Source: WCAG 2.2, contrast ratio and relative luminance (1.4.3: 4.5 to 1 for text).
"""

from __future__ import annotations

import re
from typing import Final

LEAST_CONTRAST: Final = 4.5
_HEX: Final = re.compile(r"^#[0-9a-f]{6}$")
_WHITE: Final = (255, 255, 255)
#: The surface of pages in the dark theme.
_NIGHT: Final = (22, 26, 29)
Rgb = tuple[int, int, int]


def parse(color: str) -> Rgb | None:
    """Return red, green and blue of `#rrggbb`, or None for anything else."""
    plain = color.strip().lower()
    if not _HEX.match(plain):
        return None
    return int(plain[1:3], 16), int(plain[3:5], 16), int(plain[5:7], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio (1 to 21) of two colors."""
    first, second = _luminance(one), _luminance(other)
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def is_readable(color: str) -> bool:
    """Say whether a color can be text on white, and carry white text."""
    rgb = parse(color)
    return rgb is not None and contrast(rgb, _WHITE) >= LEAST_CONTRAST


def style_sheet(color: str) -> str:
    """Return the rules that give public pages this color, in the light and the dark theme.

    Raises:
        ValueError: the color is unknown or too light for white text.
    """
    rgb = parse(color)
    if rgb is None or not is_readable(color):
        raise ValueError(f"{color}: no color with a contrast of {LEAST_CONTRAST} on white")
    night = _lightened(rgb)
    return (
        f".portal{{--p-brand:{_text(rgb)};--p-on-brand:#fff;"
        f"--p-brand-tint:{_text(_mixed(rgb, _WHITE, 0.9))}}}\n"
        f"@media (prefers-color-scheme:dark){{.portal{{--p-brand:{_text(night)};"
        f"--p-on-brand:#0f1214;--p-brand-tint:{_text(_mixed(rgb, _NIGHT, 0.75))}}}}}\n"
    )


def _lightened(rgb: Rgb) -> Rgb:
    """Return the least light tone of a color that reads well on the dark surface and its tint."""
    tint = _mixed(rgb, _NIGHT, 0.75)
    for step in range(21):
        tone = _mixed(rgb, _WHITE, step / 20)
        if min(contrast(tone, _NIGHT), contrast(tone, tint)) >= LEAST_CONTRAST:
            return tone
    return _WHITE


def _mixed(rgb: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (
        round(own * (1 - share) + foreign * share) for own, foreign in zip(rgb, other, strict=True)
    )
    return red, green, blue


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(value / 255) for value in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _text(rgb: Rgb) -> str:
    return "#" + "".join(f"{value:02x}" for value in rgb)
