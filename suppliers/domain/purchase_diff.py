"""What differs between two versions of a purchase order, for people to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

HEAD: Final = (
    "supplier",
    "warehouse",
    "agreement",
    "mode",
    "currency",
    "required_by",
    "expected_on",
    "note",
    "total",
)
LINE: Final = ("qty", "unit_price")


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs. `sku` is empty for the order's head; None: absent on that side."""

    sku: str
    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs between two snapshots, the head first, then lines by position.

    A SKU on one side only differs in its units and its price.
    """
    found = [
        Difference("", name, before.get(name), after.get(name))
        for name in HEAD
        if before.get(name) != after.get(name)
    ]
    old = {line["sku"]: line for line in before["lines"]}
    new = {line["sku"]: line for line in after["lines"]}
    for sku in dict.fromkeys((*new, *old)):
        was, now = old.get(sku, {}), new.get(sku, {})
        found += [
            Difference(sku, name, was.get(name), now.get(name))
            for name in LINE
            if was.get(name) != now.get(name)
        ]
    return tuple(found)
