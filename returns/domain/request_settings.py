"""Settings of requests: how many one order, one customer and one day may ask for (H-14)."""

from __future__ import annotations

from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


MOST_PER_ORDER = declare(
    "returns.most_per_order",
    5,
    "int",
    _("Returns a customer may ask for per order, without those that were declined or cancelled"),
    minimum=1,
    maximum=100,
    source="H-14",
)
MOST_TRIES_PER_ORDER = declare(
    "returns.most_tries_per_order",
    12,
    "int",
    _("Returns a customer may ask for per order, cancelled ones included"),
    minimum=1,
    maximum=500,
    source="H-14",
)
MOST_PER_CUSTOMER_DAY = declare(
    "returns.most_per_customer_day",
    10,
    "int",
    _("Returns one customer may ask for in 24 hours"),
    minimum=1,
    maximum=1000,
    source="H-14",
)
MOST_PER_HOUR = declare(
    "returns.most_per_hour",
    300,
    "int",
    _("Returns asked for by customers in an hour, above which each waits for a person"),
    minimum=1,
    maximum=100_000,
    source="H-14",
)
UNUSED_LABELS = declare(
    "returns.unused_labels",
    3,
    "int",
    _("Labels a customer left unused in 90 days, from which on each request waits for a person"),
    minimum=1,
    maximum=100,
    source="H-14",
)
MOST_REPLACEMENTS = declare(
    "returns.most_replacements",
    2,
    "int",
    _("Replacements in a row for one order, from which on each request waits for a person"),
    minimum=1,
    maximum=20,
    source="H-14",
)
SEND_WITHIN_DAYS = declare(
    "returns.send_within_days",
    14,
    "int",
    _("Days after the approval in which the goods must be handed over, else the return expires"),
    unit="days",
    minimum=1,
    maximum=120,
    source="X22",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    MOST_PER_ORDER,
    MOST_TRIES_PER_ORDER,
    MOST_PER_CUSTOMER_DAY,
    MOST_PER_HOUR,
    UNUSED_LABELS,
    MOST_REPLACEMENTS,
    SEND_WITHIN_DAYS,
)
