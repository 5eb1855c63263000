"""Settings of purchase orders with their defaults; the settings page lists them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

REAPPROVE_PCT: Final = "suppliers.reapprove_pct"
REAPPROVE_AMOUNT: Final = "suppliers.reapprove_amount"
AUTO_SEND: Final = "suppliers.auto_send"
AUTO_LIMIT: Final = "suppliers.auto_limit_amount"

MONTHLY_BUDGET = declare(
    "suppliers.monthly_budget",
    Decimal(0),
    "decimal",
    _("Budget of purchase orders a month, in the base currency; 0 = none"),
    minimum=0,
    source="P8",
)

SETTINGS: tuple[SettingSpec, ...] = (
    MONTHLY_BUDGET,
    declare(
        REAPPROVE_PCT,
        Decimal(5),
        "decimal",
        _("Change of an approved order's total, in percent, up to which its approval holds"),
        unit="%",
        minimum=0,
        maximum=100,
        source="X25",
    ),
    declare(
        REAPPROVE_AMOUNT,
        Decimal(500),
        "decimal",
        _("Change of its total, in the base currency, up to which its approval holds"),
        minimum=0,
        source="X25",
    ),
    declare(
        AUTO_SEND,
        False,
        "bool",
        _("Let purchase orders at agreed prices and below the limit approve and send themselves"),
        source="B-15",
    ),
    declare(
        AUTO_LIMIT,
        Decimal(1000),
        "decimal",
        _("Limit in the base currency below which a purchase order may send itself"),
        minimum=0,
        source="B-15, PUR-06",
    ),
)
