"""Settings of the risk desk with their defaults; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

INDEX_ON_AT: Final = "planning.index_on_at"
INDEX_OFF_BELOW: Final = "planning.index_off_below"
INDEX_CALM_DAYS: Final = "planning.index_calm_days"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        INDEX_ON_AT,
        70,
        "int",
        _("Event index from which planning is conservative"),
        minimum=1,
        maximum=100,
        source="B-38",
    ),
    declare(
        INDEX_OFF_BELOW,
        60,
        "int",
        _("Event index below which planning may become normal again"),
        minimum=1,
        maximum=100,
        source="B-38",
    ),
    declare(
        INDEX_CALM_DAYS,
        7,
        "int",
        _("Calm days until planning is normal again"),
        unit="days",
        minimum=1,
        maximum=60,
        source="B-38",
    ),
)
