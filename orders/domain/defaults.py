"""Settings of the orders app with the defaults of the behaviour tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


STOCK_HOLD_HOURS = declare(
    "orders.stock_hold_hours",
    48,
    "int",
    _("How long a held order keeps its stock"),
    unit="h",
    minimum=1,
    maximum=720,
    source="X06",
)
SUBSTITUTION_HOURS = declare(
    "orders.substitution_hours",
    24,
    "int",
    _("Hours a customer has to say yes or no to a substitute; no answer keeps the order waiting"),
    unit="h",
    minimum=1,
    maximum=720,
    source="X10",
)
SPLIT_FREIGHT_PCT = declare(
    "orders.split_freight_pct",
    Decimal(15),
    "decimal",
    _("Extra freight a split may cost, as a share of the order's value"),
    unit="%",
    minimum=0,
    maximum=100,
    source="X03",
)
SPLIT_AMOUNT = declare(
    "orders.split_amount",
    Decimal("3.00"),
    "decimal",
    _("What each parcel after the first costs in the comparison of warehouses"),
    minimum=0,
    source="X04",
)
LATE_DAY_AMOUNT = declare(
    "orders.late_day_amount",
    Decimal("5.00"),
    "decimal",
    _("What a day later than the promise costs in the comparison of warehouses"),
    minimum=0,
    source="X04",
)
BALANCED_DAY_AMOUNT = declare(
    "orders.balanced_day_amount",
    Decimal("1.00"),
    "decimal",
    _("What a day on the way costs under the preset “balanced”"),
    minimum=0,
    source="A-24",
)
FASTEST_DAY_AMOUNT = declare(
    "orders.fastest_day_amount",
    Decimal("50.00"),
    "decimal",
    _("What a day on the way costs under the preset “fastest”"),
    minimum=0,
    source="A-24",
)
FASTEST_COST_CAP = declare(
    "orders.fastest_cost_cap",
    Decimal("3.0"),
    "decimal",
    _("How many times the cheapest freight the preset “fastest” may spend"),
    minimum=1,
    source="B-35",
)
NEAREST_KM_AMOUNT = declare(
    "orders.nearest_km_amount",
    Decimal("1.00"),
    "decimal",
    _("What a kilometer costs under the preset “nearest”"),
    minimum=0,
    source="A-03",
)
CHANNEL_RANK_AMOUNT = declare(
    "orders.channel_rank_amount",
    Decimal("0.50"),
    "decimal",
    _("What each step down a channel's list of warehouses costs"),
    minimum=0,
    source="B-49",
)
LIFECYCLE_PRESETS = declare(
    "orders.lifecycle_presets",
    True,
    "bool",
    _("Route first orders fastest and repeat orders cheapest where the channel says “balanced”"),
    source="B-35, B-36",
)
WAIT_DAYS = declare(
    "orders.wait_days",
    3,
    "int",
    _("Days an order waits for the rest of its stock before someone is asked"),
    unit="d",
    minimum=0,
    maximum=60,
    source="X02",
)
CARRIER_WORKDAYS = declare(
    "orders.carrier_workdays",
    "1111100",
    "text",
    _("Days on which carriers deliver, Monday to Sunday (1 = yes)"),
    source="X23",
)
TRANSIT_MIN_SAMPLES = declare(
    "orders.transit_min_samples",
    30,
    "int",
    _("Deliveries needed before their own times replace the rate card's"),
    minimum=1,
    maximum=10_000,
    source="X23",
)
TRANSIT_WINDOW_DAYS = declare(
    "orders.transit_window_days",
    90,
    "int",
    _("Days of past deliveries that count for transit times"),
    unit="d",
    minimum=1,
    maximum=730,
    source="X23",
)
COST_CURRENCY = declare(
    "orders.cost_currency",
    "USD",
    "text",
    _("Currency in which warehouses are compared"),
    source="X04",
)
EXCHANGE_RATES = declare(
    "orders.exchange_rates",
    (),
    "words",
    _("Value of other currencies in that currency, such as EUR=1.09 GBP=1.27"),
    source="README 8",
)
HIGH_PRIORITY = declare(
    "orders.high_priority",
    3,
    "int",
    _("Orders of this priority or better may take stock from lower ones"),
    minimum=0,
    maximum=9,
    source="X12",
)
REPLAN_TOGETHER = declare(
    "orders.replan_together",
    300,
    "int",
    _("Unreleased orders planned together each half hour; 0 = never"),
    minimum=0,
    maximum=1000,
    source="algorithms 4.2",
)

SUBSCRIPTION_LEAD_DAYS = declare(
    "orders.subscription_lead_days",
    3,
    "int",
    _("Days before its due day that a subscription's order is made"),
    unit="d",
    minimum=0,
    maximum=60,
    source="A-30",
)

LOT_PICKING_STOP_DAYS = declare(
    "orders.lot_picking_stop_days",
    45,
    "int",
    _("How long before its expiry a lot is no longer sent, where no lot life rule says otherwise"),
    unit="days",
    minimum=0,
    maximum=3650,
    source="Part 6",
)
PUBLISHED_DELIVERY_DAYS = declare(
    "orders.published_delivery_days",
    7,
    "int",
    _("Days on the way assumed when a channel is told how many units of a lot it may sell"),
    unit="days",
    minimum=0,
    maximum=90,
    source="X13",
)

KITS_AHEAD_DAYS = declare(
    "orders.kits_ahead_days",
    14,
    "int",
    _("Days ahead for which kits of subscriptions are planned to be built; 0 = never"),
    unit="d",
    minimum=0,
    maximum=120,
    source="A-30",
)

DAYS_AFTER_ARRIVAL = declare(
    "orders.days_after_arrival",
    5,
    "int",
    _("Days from the arrival of goods to the customer, for orders that wait for them"),
    unit="days",
    minimum=0,
    maximum=90,
    source="B-16",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    DAYS_AFTER_ARRIVAL,
    LOT_PICKING_STOP_DAYS,
    PUBLISHED_DELIVERY_DAYS,
    STOCK_HOLD_HOURS,
    SPLIT_FREIGHT_PCT,
    SPLIT_AMOUNT,
    LATE_DAY_AMOUNT,
    BALANCED_DAY_AMOUNT,
    FASTEST_DAY_AMOUNT,
    FASTEST_COST_CAP,
    NEAREST_KM_AMOUNT,
    CHANNEL_RANK_AMOUNT,
    LIFECYCLE_PRESETS,
    SUBSTITUTION_HOURS,
    WAIT_DAYS,
    CARRIER_WORKDAYS,
    TRANSIT_MIN_SAMPLES,
    TRANSIT_WINDOW_DAYS,
    COST_CURRENCY,
    EXCHANGE_RATES,
    HIGH_PRIORITY,
    REPLAN_TOGETHER,
    SUBSCRIPTION_LEAD_DAYS,
    KITS_AHEAD_DAYS,
)
