"""Settings of alerts with their defaults; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare
from planning.domain.alert_rules import OVERSTOCK_HIGH

ESCALATE_HOURS: Final = "planning.alert_escalate_hours"
DIGEST_HOUR: Final = "planning.alert_digest_hour"
OVERSTOCK_AMOUNT: Final = "planning.overstock_high_amount"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        ESCALATE_HOURS,
        48,
        "int",
        _("Hours after which a critical alert that nobody took up is escalated"),
        unit="h",
        minimum=1,
        maximum=720,
        source="ALT-06",
    ),
    declare(
        DIGEST_HOUR,
        8,
        "int",
        _("Hour from which the daily mail of alerts is sent, in each reader's own zone"),
        minimum=0,
        maximum=23,
        source="screens.md 2.7d",
    ),
    declare(
        OVERSTOCK_AMOUNT,
        OVERSTOCK_HIGH,
        "decimal",
        _("Money in too much stock of a SKU from which its alert is more than a suggestion"),
        minimum=0,
    ),
)
