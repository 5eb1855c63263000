"""Settings of return labels and exchanges with their defaults; the settings page lists them."""

from __future__ import annotations

from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

LABEL_DAYS: Final = "returns.label_days"
OFFER_THRESHOLD: Final = "returns.exchange_offer_threshold"
EXCHANGE_DAYS: Final = "returns.exchange_reserved_days"
TRANSIT_DAYS: Final = "returns.exchange_transit_days"
CHARGE_DAYS: Final = "returns.instant_charge_days"
HOLD_MARGIN: Final = "returns.card_hold_margin_hours"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        LABEL_DAYS,
        30,
        "int",
        _("Days for which a return label may be used"),
        unit="d",
        minimum=1,
        maximum=365,
    ),
    declare(
        OFFER_THRESHOLD,
        1,
        "int",
        _("Units that must be free after safety stock before a variant is offered in exchange"),
        minimum=1,
        maximum=1_000,
    ),
    declare(
        EXCHANGE_DAYS,
        10,
        "int",
        _("Days for which the unit of an exchange is kept"),
        unit="d",
        minimum=1,
        maximum=100,
    ),
    declare(
        TRANSIT_DAYS,
        14,
        "int",
        _("Days for which it is kept from the first scan of the return on"),
        unit="d",
        minimum=1,
        maximum=100,
    ),
    declare(
        CHARGE_DAYS,
        14,
        "int",
        _("Days after which an exchange sent at once is charged unless its return is on the way"),
        unit="d",
        minimum=1,
        maximum=60,
    ),
    declare(
        HOLD_MARGIN,
        24,
        "int",
        _("Hours before it lapses in which a card authorization is renewed"),
        unit="h",
        minimum=1,
        maximum=96,
    ),
)
