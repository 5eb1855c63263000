"""What a parcel really held, against what was announced (X20).

Announced: 1 x A and 2 x C of an order that also had B. In the parcel: 1 x B, 3 x C, 1 x D (ours, of
another order) and a shoe nobody knows. So A is missing, B came unexpected, two C are as announced
and one is extra, D is ours but not of this order, the shoe is foreign.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

EXPECTED, UNEXPECTED, UNEXPECTED_OURS = "expected", "unexpected", "unexpected_ours"
FOREIGN, EXTRA = "foreign", "extra"
#: So long goods of ours that nobody announced wait for word from the customer.
OURS_WAIT_DAYS: Final = 14
#: So long goods that are not ours are kept.
FOREIGN_WAIT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Announced:
    """Units of one line that may still come."""

    line_id: int
    sku_id: int
    open_qty: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Units found in the parcel; without a SKU they are not ours. `lot_id` None: not looked at."""

    count_id: int
    sku_id: int | None
    qty: int
    lot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """Units of one count and what they are; `line_id` only where they were announced."""

    count_id: int
    kind: str
    qty: int
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """Every unit that came, and the units by line that were announced and did not come."""

    found: tuple[Sorted, ...]
    missing: Mapping[int, int] = field(default_factory=dict)


def sort_contents(
    announced: Sequence[Announced],
    in_order: frozenset[int],
    counted: Sequence[Counted],
    lots_sent: Mapping[int, frozenset[int]] | None = None,
) -> Contents:
    """Return what each counted unit is.

    `in_order` are the SKUs of the order. `lots_sent`: by SKU, the lots that left with it; a unit of
    another lot was not sent with this order, however much it looks like it.
    """
    sent = lots_sent or {}
    left = {row.line_id: row.open_qty for row in announced}
    found: list[Sorted] = []
    for count in counted:
        rest = count.qty
        if _is_ours(count, sent):
            for row in announced:
                units = min(rest, left[row.line_id]) if row.sku_id == count.sku_id else 0
                if units:
                    left[row.line_id] -= units
                    rest -= units
                    found.append(Sorted(count.count_id, EXPECTED, units, row.line_id))
        if rest:
            found.append(
                Sorted(count.count_id, _other_kind(count, announced, in_order, sent), rest)
            )
    return Contents(tuple(found), {line: units for line, units in left.items() if units})


def _is_ours(count: Counted, sent: Mapping[int, frozenset[int]]) -> bool:
    if count.sku_id is None:
        return False
    lots = sent.get(count.sku_id)
    return count.lot_id is None or not lots or count.lot_id in lots


def _other_kind(
    count: Counted,
    announced: Sequence[Announced],
    in_order: frozenset[int],
    sent: Mapping[int, frozenset[int]],
) -> str:
    if count.sku_id is None:
        return FOREIGN
    if not _is_ours(count, sent):
        return UNEXPECTED_OURS
    if any(row.sku_id == count.sku_id for row in announced):
        return EXTRA
    return UNEXPECTED if count.sku_id in in_order else UNEXPECTED_OURS
