"""Settings of approvals with their defaults; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

EXPIRY_DAYS: Final = "core.approval_expiry_days"
REMINDER_HOURS: Final = "core.approval_reminder_hours"
ESCALATION_HOURS: Final = "core.approval_escalation_hours"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        EXPIRY_DAYS,
        7,
        "int",
        _("Days after which a request for approval that nobody decided ends"),
        unit="days",
        minimum=1,
        maximum=90,
        source="X25",
    ),
    declare(
        REMINDER_HOURS,
        24,
        "int",
        _("Hours after which approvers are reminded of a request"),
        unit="h",
        minimum=1,
        maximum=720,
        source="screens.md 2.7d",
    ),
    declare(
        ESCALATION_HOURS,
        48,
        "int",
        _("Hours after which a request also goes to the highest approvers"),
        unit="h",
        minimum=1,
        maximum=720,
        source="screens.md 2.7d",
    ),
)
