"""Settings of the questions after delivery; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

FEEDBACK_DAYS: Final = "orders.feedback_days"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        FEEDBACK_DAYS,
        7,
        "int",
        _("Days after delivery on which a customer is asked how it was"),
        unit="d",
        minimum=1,
        maximum=60,
        source="A-21",
    ),
)
