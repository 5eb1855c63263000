"""Settings of parcels that do not arrive, with their defaults."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

WARN_DAYS: Final = "returns.no_scan_warn_days"
NOT_HANDED_OVER_DAYS: Final = "returns.no_scan_lost_days"
LOST_DOMESTIC_DAYS: Final = "returns.lost_domestic_days"
LOST_INTERNATIONAL_DAYS: Final = "returns.lost_international_days"
CLAIM_DAYS: Final = "returns.claim_days"
SOURCE: Final = "behaviours X24"


def _days(name: str, default: int, text: str) -> SettingSpec:
    return declare(name, default, "int", text, unit="d", minimum=1, maximum=365, source=SOURCE)


SETTINGS: tuple[SettingSpec, ...] = (
    _days(WARN_DAYS, 2, _("Working days without a first scan after which a parcel is watched")),
    _days(
        NOT_HANDED_OVER_DAYS,
        5,
        _("Working days without a first scan after which a parcel counts as not handed over"),
    ),
    _days(
        LOST_DOMESTIC_DAYS,
        15,
        _("Days without a scan after which a domestic parcel counts as lost"),
    ),
    _days(
        LOST_INTERNATIONAL_DAYS,
        30,
        _("Days without a scan after which a parcel abroad counts as lost"),
    ),
    _days(CLAIM_DAYS, 90, _("Days from hand-over in which carriers take a claim")),
)
