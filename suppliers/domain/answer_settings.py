"""Settings of suppliers' answers with their defaults; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

LINK_DAYS: Final = "suppliers.link_days"
ANSWER_HOURS: Final = "suppliers.answer_hours"
REMIND_HOURS: Final = "suppliers.remind_hours"
ARRIVALS_PER_DAY: Final = "suppliers.arrivals_per_day"
CARTONS_PER_ARRIVAL: Final = "suppliers.cartons_per_arrival"
PORTAL_NAME: Final = "suppliers.portal_name"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        LINK_DAYS,
        90,
        "int",
        _("Days until a supplier's link ends"),
        unit="d",
        minimum=1,
        maximum=365,
    ),
    declare(
        ANSWER_HOURS,
        48,
        "int",
        _("Hours a supplier has to answer a purchase order"),
        unit="h",
        minimum=1,
        maximum=720,
        source="X25",
    ),
    declare(
        REMIND_HOURS,
        24,
        "int",
        _("Hours after which a supplier is reminded"),
        unit="h",
        minimum=1,
        maximum=720,
        source="X25",
    ),
    declare(
        ARRIVALS_PER_DAY,
        20,
        "int",
        _("Arrivals one supplier may announce by link in a day"),
        minimum=1,
        maximum=10_000,
        source="H-14",
    ),
    declare(
        CARTONS_PER_ARRIVAL,
        500,
        "int",
        _("Rows one arrival announced by link may have"),
        minimum=1,
        maximum=5_000,
        source="H-14",
    ),
    declare(PORTAL_NAME, "Quayside", "text", _("Name that suppliers see on their pages")),
)
