"""What parcels between regions and one more site cost where nothing else says it."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

ZONE_COST: Final = "planning.zone_cost"
ZONE_RATE: Final = "planning.zone_rate_per_kg"
ABROAD_COST: Final = "planning.abroad_parcel_cost"
SITE_COST: Final = "planning.site_cost_per_month"
HOLD_PERCENT: Final = "planning.hold_percent_per_year"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        ZONE_COST,
        Decimal("0.50"),
        "decimal",
        _("What each further zone adds to a parcel, in the base currency"),
        minimum=0,
        source="A-05",
    ),
    declare(
        ZONE_RATE,
        Decimal("0.29"),
        "decimal",
        _("What each further zone adds to a kilogram of a parcel, in the base currency"),
        minimum=0,
        source="A-05",
    ),
    declare(
        ABROAD_COST,
        Decimal("12.00"),
        "decimal",
        _("What a border adds to a parcel, in the base currency"),
        minimum=0,
        source="A-05",
    ),
    declare(
        SITE_COST,
        Decimal("3.00"),
        "decimal",
        _("Work of keeping one SKU at one more warehouse for a month, in the base currency"),
        minimum=0,
        source="A-05",
    ),
    declare(
        HOLD_PERCENT,
        Decimal(25),
        "decimal",
        _("Cost of holding stock for a year, of its value"),
        unit="%",
        minimum=0,
        maximum=100,
        source="A-05",
    ),
)
