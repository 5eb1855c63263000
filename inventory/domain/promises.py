"""Which promises can't be kept any more when a count or a hold took units away.

Promises are kept in rank order: those a picker has already claimed, then by priority (a lower
number first), then the older. Whatever the rest lacks is broken and must be re-planned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from inventory.domain.allocation import LifeBook


@dataclass(frozen=True, slots=True)
class Promise:
    """One pending promise of a level: `qty` units open, `claimed_qty` of them held by picks."""

    owner_key: str
    qty: int
    claimed_qty: int
    priority: int
    usable_until: dt.date | None
    reservation_id: int

    def rank(self) -> tuple[bool, int, int]:
        """Return the place in which the promise is kept."""
        return (self.claimed_qty < self.qty, self.priority, self.reservation_id)


def find_broken(
    promises: Iterable[Promise], *, sellable_qty: int, book: LifeBook | None
) -> list[tuple[str, int]]:
    """Return (owner key, units short) of the promises that `sellable_qty` units don't cover.

    `book` (lot-tracked SKUs) holds the good units no pick has claimed, without any need; it is
    used up on the way.
    """
    broken = []
    for promise in sorted(promises, key=Promise.rank):
        kept = min(promise.qty, max(0, sellable_qty))
        if book is not None:
            free = min(kept, promise.claimed_qty)
            kept = free + min(kept - free, max(0, book.room(promise.usable_until)))
            book.add_need(promise.usable_until, kept - free)
        sellable_qty -= kept
        if kept < promise.qty:
            broken.append((promise.owner_key, promise.qty - kept))
    return broken
