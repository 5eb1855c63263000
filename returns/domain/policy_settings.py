"""Settings of return policies with their defaults."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

ASSUMED_DELIVERY_DAYS: Final = "returns.assumed_delivery_days"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        ASSUMED_DELIVERY_DAYS,
        14,
        "int",
        _("Days after hand-over on which a parcel counts as delivered if its carrier says nothing"),
        unit="d",
        minimum=1,
        maximum=120,
    ),
)
