"""Settings of walks and waves with their defaults; algorithms 6 is their source."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


WALK_SPEED = declare(
    "fulfillment.walk_m_per_s",
    Decimal("1.1"),
    "decimal",
    _("How fast a picker walks"),
    unit="m/s",
    minimum=Decimal("0.1"),
    maximum=10,
    source="algorithms 6.2",
)
LINE_SECONDS = declare(
    "fulfillment.line_seconds",
    Decimal(8),
    "decimal",
    _("Work at each bin of a walk"),
    unit="s",
    minimum=0,
    maximum=3600,
    source="algorithms 6.2",
)
UNIT_SECONDS = declare(
    "fulfillment.unit_seconds",
    Decimal(2),
    "decimal",
    _("Work for each unit picked"),
    unit="s",
    minimum=0,
    maximum=3600,
    source="algorithms 6.2",
)
TOUR_SECONDS = declare(
    "fulfillment.tour_seconds",
    Decimal(60),
    "decimal",
    _("Set-up of each walk"),
    unit="s",
    minimum=0,
    maximum=3600,
    source="algorithms 6.2",
)
TOUR_TOTES = declare(
    "fulfillment.tour_totes",
    8,
    "int",
    _("Orders on one cart walk where no cart says otherwise"),
    minimum=1,
    maximum=60,
    source="algorithms 6.2",
)
TOUR_ITEMS = declare(
    "fulfillment.tour_items",
    60,
    "int",
    _("Units on one walk of a batch that is sorted afterwards"),
    minimum=1,
    maximum=10_000,
    source="algorithms 6.2",
)
TOUR_WEIGHT_G = declare(
    "fulfillment.tour_weight_g",
    120_000,
    "int",
    _("Weight that one walk carries"),
    unit="g",
    minimum=100,
    maximum=5_000_000,
    source="algorithms 6.2",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    WALK_SPEED,
    LINE_SECONDS,
    UNIT_SECONDS,
    TOUR_SECONDS,
    TOUR_TOTES,
    TOUR_ITEMS,
    TOUR_WEIGHT_G,
)
