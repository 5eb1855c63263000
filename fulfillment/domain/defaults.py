"""Figures of the floor that a later setting may change; behaviours.md is their source."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


#: X09: how long a short shipment may wait for a person's decision.
DECISION_DUE = dt.timedelta(hours=4)

#: X09: the bin of a short pick is counted within the same shift.
COUNT_DUE = dt.timedelta(hours=8)

MOST_INSERTS = declare(
    "fulfillment.most_inserts",
    2,
    "int",
    _("How many inserts one parcel takes at most"),
    minimum=0,
    maximum=10,
    source="X15",
)

GS1_PREFIX = declare(
    "fulfillment.gs1_prefix",
    "9521234",
    "text",
    _("GS1 company prefix of the SSCC on cartons and pallets; 952 is for demonstrations"),
    source="A-30",
)

WEIGHT_TOLERANCE_PCT = declare(
    "fulfillment.weight_tolerance_pct",
    10,
    "int",
    _("A box whose scale weight differs by more than this share is weighed again"),
    unit="%",
    minimum=0,
    maximum=100,
    source="W13",
)
VOID_FILL_AMOUNT = declare(
    "fulfillment.void_fill_amount",
    Decimal("0.02"),
    "decimal",
    _("What a litre of filling in a box costs, in the cost currency"),
    minimum=Decimal(0),
    maximum=Decimal(100),
    source="C1",
)

PACK_COUNT_FROM_QTY = declare(
    "fulfillment.pack_count_from_qty",
    6,
    "int",
    _("Lines of this many units or more may be counted at packing after one unit was scanned"),
    minimum=2,
    maximum=10_000,
    source="W12",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    GS1_PREFIX,
    MOST_INSERTS,
    WEIGHT_TOLERANCE_PCT,
    VOID_FILL_AMOUNT,
    PACK_COUNT_FROM_QTY,
)
