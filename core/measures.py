"""Weights in grams and lengths in millimetres, both integers, and weight by volume.

Pure. Inside the system nothing else is stored; pounds, ounces, inches and centimetres are turned
at the edge.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

GRAMS_PER = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}
MILLIMETRES_PER = {
    "mm": Decimal(1),
    "cm": Decimal(10),
    "m": Decimal(1000),
    "in": Decimal("25.4"),
}


class UnknownUnit(ValueError):
    """The unit is not among those listed in this module."""


def _turned(value: Decimal | int, unit: str, table: dict[str, Decimal]) -> int:
    factor = table.get(unit.strip().lower())
    if factor is None:
        raise UnknownUnit(f"{unit}: write one of {', '.join(table)}")
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise ValueError(f"{value} is not a size")
    return int((number * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def grams(value: Decimal | int, unit: str = "g") -> int:
    """Return a weight in whole grams, halves up; `unit` is g, kg, lb or oz.

    Raises:
        UnknownUnit: another unit.
        ValueError: a negative or endless number.
    """
    return _turned(value, unit, GRAMS_PER)


def millimetres(value: Decimal | int, unit: str = "mm") -> int:
    """Return a length in whole millimetres, halves up; `unit` is mm, cm, m or in.

    Raises:
        UnknownUnit: another unit.
        ValueError: a negative or endless number.
    """
    return _turned(value, unit, MILLIMETRES_PER)


def volume_weight_g(
    length_mm: int, width_mm: int, height_mm: int, *, divisor_cm3_per_kg: int = 5000
) -> int:
    """Return the weight in grams that a carrier reckons for the space taken, rounded up.

    Carriers divide the volume in cm³ by 5000 (express) or 6000 (air) to get kilograms.
    400 by 300 by 200 mm at 5000: 24 000 cm³ / 5000 = 4.8 kg = 4800 g.

    Raises:
        ValueError: a side or the divisor is not above zero.
    """
    if min(length_mm, width_mm, height_mm, divisor_cm3_per_kg) <= 0:
        raise ValueError("sides and divisor must be above zero")
    volume_mm3 = Decimal(length_mm) * width_mm * height_mm
    return int((volume_mm3 / divisor_cm3_per_kg).quantize(Decimal(1), rounding=ROUND_CEILING))


def billed_g(actual_g: int, volume_g: int) -> int:
    """Return the larger of true weight and weight by volume: what the carrier bills."""
    return max(actual_g, volume_g)
