"""Settings of core itself."""

from __future__ import annotations

from typing import Final

from babel.core import get_global

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

BASE_CURRENCY: Final = "core.base_currency"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        BASE_CURRENCY,
        "USD",
        "choice",
        _("Base currency: the books, approval limits and landed costs are kept in it"),
        choices=tuple(sorted(get_global("all_currencies"))),
        source="README 8",
    ),
)
