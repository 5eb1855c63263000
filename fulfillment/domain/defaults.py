"""Figures of the floor that a later setting may change; behaviours.md is their source."""

from __future__ import annotations

import datetime as dt
from typing import Final

from core.setting_names import SettingSpec, declare


def _(text: str) -> str:
    return text


#: X09: how long a short shipment may wait for a person's decision.
DECISION_DUE = dt.timedelta(hours=4)

#: A box whose scale weight differs by more than this share is looked at again (W13).
WEIGHT_TOLERANCE_RATIO = 0.10

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
GIFT_MESSAGE_CHARS = declare(
    "fulfillment.gift_message_chars",
    250,
    "int",
    _("How many characters of a gift message are printed at most"),
    minimum=20,
    maximum=500,
    source="X15",
)

GS1_PREFIX = declare(
    "fulfillment.gs1_prefix",
    "9521234",
    "text",
    _("GS1 company prefix of the SSCC on cartons and pallets; 952 is for demonstrations"),
    source="A-30",
)

SETTINGS: Final[tuple[SettingSpec, ...]] = (
    GS1_PREFIX,MOST_INSERTS, GIFT_MESSAGE_CHARS)
