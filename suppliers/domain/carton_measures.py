"""Weight and outer measures of announced cartons, as suppliers type them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

#: A loaded sea pallet stays below this, the longest container too.
MOST_GRAMS: Final = 5_000_000
MOST_MM: Final = 13_600
_SIZE: Final = re.compile(
    r"(\d{1,4}(?:[.,]\d)?)\s*[x*\u00d7]\s*(\d{1,4}(?:[.,]\d)?)\s*[x*\u00d7]\s*(\d{1,4}(?:[.,]\d)?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measures:
    """One carton: grams, and (length, width, height) in millimeters; None where not said."""

    weight_g: int | None = None
    size_mm: tuple[int, int, int] | None = None


class MeasureRefused(ValueError):
    """A weight or size that no carton has; `text` is what was typed."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def grams(kilograms: str) -> int | None:
    """Return the grams of a typed weight in kilograms; None for nothing.

    Raises:
        MeasureRefused: no number, not above zero, or above 5 t.
    """
    text = kilograms.strip().replace(",", ".")
    if not text:
        return None
    try:
        found = Decimal(text) * 1000
    except InvalidOperation as error:
        raise MeasureRefused(kilograms) from error
    if not found.is_finite() or not 1 <= found <= MOST_GRAMS:
        raise MeasureRefused(kilograms)
    return int(found)


def millimeters(centimeters: str) -> tuple[int, int, int] | None:
    """Return the millimeters of a typed size in centimeters, as 60 x 40 x 30; None for nothing.

    Raises:
        MeasureRefused: not three numbers, or one of them out of range.
    """
    text = centimeters.strip()
    if not text:
        return None
    match = _SIZE.fullmatch(text)
    if match is None:
        raise MeasureRefused(centimeters)
    sides = [int(Decimal(part.replace(",", ".")) * 10) for part in match.groups()]
    if not all(1 <= side <= MOST_MM for side in sides):
        raise MeasureRefused(centimeters)
    return sides[0], sides[1], sides[2]


def by_carton(rows: Iterable[tuple[str, Measures]]) -> Mapping[str, Measures]:
    """Return what was said of each carton; of rows about one carton the first that says counts."""
    found: dict[str, Measures] = {}
    for sscc, said in rows:
        if not sscc:
            continue
        known = found.get(sscc, Measures())
        weight = known.weight_g if known.weight_g is not None else said.weight_g
        found[sscc] = Measures(weight, known.size_mm or said.size_mm)
    return found


def shown_kg(weight_g: int | None) -> str:
    """Return a weight as it is typed, in kilograms."""
    return "" if weight_g is None else f"{(Decimal(weight_g) / 1000).normalize():f}"


def shown_cm(length_mm: int | None, width_mm: int | None, height_mm: int | None) -> str:
    """Return a size as it is typed, in centimeters."""
    if length_mm is None or width_mm is None or height_mm is None:
        return ""
    return " x ".join(
        f"{(Decimal(side) / 10).normalize():f}" for side in (length_mm, width_mm, height_mm)
    )
