"""What bringing goods costs and takes where no supplier or lane says it; the settings page."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

AIR_DAYS: Final = "planning.air_days"
AIR_RATE: Final = "planning.air_rate_per_kg"
SEA_RATE: Final = "planning.sea_rate_per_kg"
TRANSFER_DAYS: Final = "planning.transfer_days"
TRANSFER_RATE: Final = "planning.transfer_rate_per_kg"
TRANSFER_COST: Final = "planning.transfer_cost"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        AIR_DAYS,
        10,
        "int",
        _("Days from order to arrival by air where nothing else is agreed"),
        unit="days",
        minimum=1,
        maximum=365,
        source="B-09",
    ),
    declare(
        AIR_RATE,
        Decimal("6.00"),
        "decimal",
        _("Freight of a kilogram by air, in the base currency"),
        minimum=0,
        source="B-09",
    ),
    declare(
        SEA_RATE,
        Decimal("0.80"),
        "decimal",
        _("Freight of a kilogram by sea or rail, in the base currency"),
        minimum=0,
        source="B-09",
    ),
    declare(
        TRANSFER_DAYS,
        5,
        "int",
        _("Days of a transfer between warehouses of one country"),
        unit="days",
        minimum=1,
        maximum=365,
        source="B-08",
    ),
    declare(
        TRANSFER_RATE,
        Decimal("0.50"),
        "decimal",
        _("Freight of a kilogram between warehouses, in the base currency"),
        minimum=0,
        source="B-08",
    ),
    declare(
        TRANSFER_COST,
        Decimal("40.00"),
        "decimal",
        _("Cost of a transfer whatever its size, in the base currency"),
        minimum=0,
        source="B-08",
    ),
)
