"""Settings of the inventory app with the defaults of the behaviour tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


COUNT_LIMIT_UNITS = declare(
    "inventory.count_limit_units",
    5,
    "int",
    _("Units a count may differ by before somebody else must approve it"),
    minimum=0,
    maximum=1_000_000,
    source="X18",
)
COUNT_LIMIT_AMOUNT = declare(
    "inventory.count_limit_amount",
    Decimal("50.00"),
    "decimal",
    _("Value a count may differ by before somebody else must approve it"),
    minimum=0,
    source="X18",
)
ADJUST_LIMIT_UNITS = declare(
    "inventory.adjust_limit_units",
    5,
    "int",
    _("Units one person may adjust without a second one"),
    minimum=0,
    maximum=1_000_000,
    source="X18",
)
ADJUST_LIMIT_AMOUNT = declare(
    "inventory.adjust_limit_amount",
    Decimal("50.00"),
    "decimal",
    _("Value one person may adjust without a second one"),
    minimum=0,
    source="X18",
)
COUNT_A_PCT = declare(
    "inventory.count_a_pct",
    Decimal(80),
    "decimal",
    _("Share of the value that leaves in a year which class A makes up"),
    unit="%",
    minimum=0,
    maximum=100,
    source="Part 6",
)
COUNT_B_PCT = declare(
    "inventory.count_b_pct",
    Decimal(16),
    "decimal",
    _("Share of the value that leaves in a year which class B makes up"),
    unit="%",
    minimum=0,
    maximum=100,
    source="Part 6",
)
COUNT_A_DAYS = declare(
    "inventory.count_a_days",
    7,
    "int",
    _("Days between two counts of a bin with goods of class A"),
    unit="days",
    minimum=1,
    maximum=3650,
    source="W17",
)
COUNT_B_DAYS = declare(
    "inventory.count_b_days",
    30,
    "int",
    _("Days between two counts of a bin with goods of class B"),
    unit="days",
    minimum=1,
    maximum=3650,
    source="W17",
)
COUNT_C_DAYS = declare(
    "inventory.count_c_days",
    91,
    "int",
    _("Days between two counts of a bin with goods of class C"),
    unit="days",
    minimum=1,
    maximum=3650,
    source="W17",
)
COUNT_DAILY_BINS = declare(
    "inventory.count_daily_bins",
    40,
    "int",
    _("Most bins of a warehouse the plan asks for in a day"),
    minimum=0,
    maximum=10_000,
    source="M8",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    COUNT_LIMIT_UNITS,
    COUNT_LIMIT_AMOUNT,
    ADJUST_LIMIT_UNITS,
    ADJUST_LIMIT_AMOUNT,
    COUNT_A_PCT,
    COUNT_B_PCT,
    COUNT_A_DAYS,
    COUNT_B_DAYS,
    COUNT_C_DAYS,
    COUNT_DAILY_BINS,
)
