"""Codes that say why an order needs a person, and which of them stop it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

OUT_OF_STOCK: Final = "OUT_OF_STOCK"
KIT_COMPONENT_OOS: Final = "KIT_COMPONENT_OOS"
UNKNOWN_SKU: Final = "UNKNOWN_SKU"
ADDRESS: Final = "ADDRESS"
NO_ROUTE: Final = "NO_ROUTE"
HOLD_EXPIRED: Final = "HOLD_EXPIRED"
DECISION_DUE: Final = "DECISION_DUE"
PARTLY_BACKORDERED: Final = "PARTLY_BACKORDERED"
PARTLY_CANCELLED: Final = "PARTLY_CANCELLED"
WAITING: Final = "WAITING_FOR_STOCK"
SHORT_PICK: Final = "SHORT_PICK"
PROMISE_LATE: Final = "PROMISE_LATE"

#: Codes that inform and stop nothing.
QUIET: Final = frozenset({PARTLY_BACKORDERED, PARTLY_CANCELLED, PROMISE_LATE})
#: Codes that go when stock has been found for every unit.
STOCK_CODES: Final = frozenset(
    {
        OUT_OF_STOCK,
        KIT_COMPONENT_OOS,
        PARTLY_BACKORDERED,
        WAITING,
        DECISION_DUE,
        HOLD_EXPIRED,
        SHORT_PICK,
        NO_ROUTE,
        "SPLIT_NOT_ALLOWED",
        "SPLIT_TOO_DEAR",
        "LOT_LIFE",
        "CAPACITY_FULL",
        "NO_SERVICE",
        "CLOSED",
        "DUTY_NOT_PRICED",
        "DEST_ONLY",
        "DEST_NEVER",
        "DEST_RESTRICTED_OOS",
        "CUSTOMS_DATA_MISSING",
        "INACTIVE",
        "NO_WAREHOUSE",
    }
)


def code_of(entry: str) -> str:
    """Return the code of an entry such as `UNKNOWN_SKU:AB-1`."""
    return entry.partition(":")[0]


def needs_person(entries: Iterable[str]) -> bool:
    """Say whether one of the codes stops the order."""
    return any(code_of(entry) not in QUIET for entry in entries)


def without_stock_codes(entries: Iterable[str]) -> list[str]:
    """Return the codes that have nothing to do with stock or routing."""
    return [entry for entry in entries if code_of(entry) not in STOCK_CODES]
