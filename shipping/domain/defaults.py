"""Settings of shipping with their defaults; the settings page lists them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.errors import gettext_noop as _
from core.setting_names import SettingSpec, declare

FLAT_AMOUNT: Final = "shipping.flat_amount"
FLAT_CURRENCY: Final = "shipping.flat_currency"
DEFAULT_WEIGHT: Final = "shipping.default_weight_g"
LABEL_FORMATS: Final = "shipping.label_formats"
BREAKER_FAILURES: Final = "shipping.breaker_failures"
BREAKER_PAUSE: Final = "shipping.breaker_pause_s"
LINK_DAYS: Final = "shipping.link_days_after_delivery"
FIND_TRIES: Final = "shipping.find_tries_per_quarter_hour"
BRAND_NAME: Final = "shipping.portal_brand"
HELP_EMAIL: Final = "shipping.portal_help_email"

SETTINGS: tuple[SettingSpec, ...] = (
    declare(
        FLAT_AMOUNT,
        Decimal("12.00"),
        "decimal",
        _("Price of the flat service, for destinations that no rate card covers"),
        minimum=Decimal(0),
        maximum=Decimal(100_000),
    ),
    declare(FLAT_CURRENCY, "USD", "text", _("Currency of the flat service")),
    declare(
        DEFAULT_WEIGHT,
        500,
        "int",
        _("Weight that counts for a SKU without one"),
        unit="g",
        minimum=1,
        maximum=1_000_000,
    ),
    declare(LABEL_FORMATS, ("pdf", "zpl"), "words", _("Formats in which each label is kept")),
    declare(
        BREAKER_FAILURES,
        5,
        "int",
        _("Unanswered calls in a row after which a carrier rests"),
        minimum=1,
        maximum=100,
    ),
    declare(
        BREAKER_PAUSE,
        60,
        "int",
        _("How long a carrier rests after that"),
        unit="s",
        minimum=1,
        maximum=3_600,
    ),
    declare(
        LINK_DAYS,
        90,
        "int",
        _("Days after delivery on which a tracking link ends"),
        unit="d",
        minimum=1,
        maximum=365,
    ),
    declare(
        FIND_TRIES,
        5,
        "int",
        _("Searches for an order per visitor in 15 minutes"),
        minimum=1,
        maximum=1_000,
    ),
    declare(BRAND_NAME, "Quayside", "text", _("Shop name on tracking pages")),
    declare(HELP_EMAIL, "", "text", _("E-mail address for help on tracking pages")),
)
