"""Settings of invoices and landed costs with their defaults."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

MATCH_TOLERANCE: Final = "suppliers.match_tolerance_pct"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        MATCH_TOLERANCE,
        Decimal(2),
        "decimal",
        _("Share above the received cost from which an invoice is blocked"),
        unit="%",
        minimum=0,
        maximum=100,
        source="X25",
    ),
)
