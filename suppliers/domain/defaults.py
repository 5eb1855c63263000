"""Settings of buying and receiving with their defaults; the settings page lists them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

OVER_PCT: Final = "suppliers.over_pct"
OVER_QTY: Final = "suppliers.over_qty"
FAILED_LIMIT: Final = "suppliers.failed_limit_qty"
MIN_LIFE_PCT: Final = "suppliers.min_life_pct"
MIXED_LOTS: Final = "suppliers.mixed_lots"
DAMAGE_PHOTOS: Final = "suppliers.damage_photos"
URGENT_DAYS: Final = "suppliers.urgent_days"
URGENT_FACTOR: Final = "suppliers.urgent_factor"
AGREEMENT_FACTOR: Final = "suppliers.agreement_factor"
EXPECTED_DAYS: Final = "suppliers.expected_days"
EXPIRING_DAYS: Final = "suppliers.expiring_days"
DOCK_UNITS: Final = "suppliers.dock_units_per_day"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        OVER_PCT,
        Decimal(10),
        "decimal",
        _("Share above the announced units from which an over-receipt is held"),
        unit="%",
        minimum=0,
        maximum=100,
        source="X16",
    ),
    declare(
        OVER_QTY,
        25,
        "int",
        _("Units above the announced ones from which an over-receipt is held"),
        minimum=0,
        source="X16",
    ),
    declare(
        FAILED_LIMIT,
        0,
        "int",
        _("Failed units an inspected sample may have before the whole line is held"),
        minimum=0,
        source="X17",
    ),
    declare(
        MIN_LIFE_PCT,
        Decimal(33),
        "decimal",
        _("Share of its shelf life a lot must still have when it arrives"),
        unit="%",
        minimum=0,
        maximum=100,
        source="W4",
    ),
    declare(
        MIXED_LOTS,
        False,
        "bool",
        _("Let two lots of one SKU share a bin"),
        source="W6",
    ),
    declare(
        DAMAGE_PHOTOS,
        True,
        "bool",
        _("Offer to photograph damaged goods at the dock"),
        source="X17",
    ),
    declare(
        URGENT_DAYS,
        7,
        "int",
        _("Days from the order within which goods are urgent, the last day included"),
        unit="days",
        minimum=0,
        maximum=365,
        source="B-19",
    ),
    declare(
        URGENT_FACTOR,
        Decimal("1.15"),
        "decimal",
        _("Factor on the unit price of urgent goods"),
        minimum=1,
        maximum=10,
        source="B-19",
    ),
    declare(
        AGREEMENT_FACTOR,
        Decimal("0.95"),
        "decimal",
        _("Factor on the list price under an agreement that names no price"),
        minimum=Decimal("0.01"),
        maximum=1,
        source="B-21",
    ),
    declare(
        EXPECTED_DAYS,
        30,
        "int",
        _("Days from order to arrival where nothing else is agreed"),
        unit="days",
        minimum=1,
        maximum=730,
        source="B-20",
    ),
    declare(
        EXPIRING_DAYS,
        30,
        "int",
        _("Days before its end from which an agreement or a supplier's document is reported"),
        unit="days",
        minimum=1,
        maximum=365,
    ),
    declare(
        DOCK_UNITS,
        2_000,
        "int",
        _("Units a dock can take in on a day; 0 shows no load in the inbound calendar"),
        minimum=0,
        maximum=1_000_000,
        source="P10",
    ),
)
