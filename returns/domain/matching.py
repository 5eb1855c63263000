"""Find the order line that a past cancellation took back: same customer and code, earlier, enough.

A file of past sales says that three tins came back, not from which order. Of the lines that the
customer bought before, one of the same quantity and price is the plainest answer, then one of the
same quantity, then one with more units. Where the plainest group holds several lines, the order
decides that other lines of the same cancellation were matched to; where that tells nothing, the
return stays ambiguous and takes no line. A line that is taken is never taken again, so returns are
asked in the order in which they happened, and those that stay ambiguous once more while others find
their line: what is left for them may be plain then.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

MATCHED: Final = "matched"
AMBIGUOUS: Final = "ambiguous"
#: The customer bought it before, but no free line holds as many units.
TOO_FEW: Final = "too_few"
#: The customer is known and never bought it before.
NO_ORDER: Final = "no_order"
NO_CUSTOMER: Final = "no_customer"

OUTCOMES: Final = (MATCHED, AMBIGUOUS, TOO_FEW, NO_ORDER, NO_CUSTOMER)


@dataclass(frozen=True, slots=True)
class PastReturn:
    """One cancelled line; `document` is the cancellation it stands on, `price` that of a unit.

    `at` is aware UTC.
    """

    id: int
    document: str
    code: str
    at: dt.datetime
    qty: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PastLine:
    """One line that the customer bought; `order_id` is the order it stands on."""

    id: int
    order_id: int
    code: str
    at: dt.datetime
    qty: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one past return; `candidates` counts the lines of its plainest group."""

    return_id: int
    outcome: str
    line_id: int | None = None
    candidates: int = 0


def match(
    returns: Iterable[PastReturn], lines: Iterable[PastLine], taken: Collection[int] = ()
) -> list[Verdict]:
    """Return a verdict for each return of one customer, in the order in which they happened.

    `taken` are the lines that other returns were matched to before.
    """
    asked = sorted(returns, key=lambda one: (one.at, one.id))
    shelf = _Shelf(lines, taken)
    verdicts = {back.id: shelf.judge(back) for back in asked}
    while True:
        orders = _orders_by_document(asked, verdicts, shelf)
        open_ = [back for back in asked if verdicts[back.id].outcome == AMBIGUOUS]
        again = {back.id: shelf.judge(back, orders.get(back.document)) for back in open_}
        verdicts |= again
        if not any(verdict.outcome == MATCHED for verdict in again.values()):
            break
    return [verdicts[back.id] for back in asked]


class _Shelf:
    """The lines of one customer, by code; each is taken once."""

    def __init__(self, lines: Iterable[PastLine], taken: Collection[int]) -> None:
        self.by_code: dict[str, list[PastLine]] = defaultdict(list)
        for line in sorted(lines, key=lambda one: (one.at, one.id)):
            self.by_code[line.code].append(line)
        self.order_of = {line.id: line.order_id for rows in self.by_code.values() for line in rows}
        self.taken = set(taken)

    def judge(self, back: PastReturn, orders: Collection[int] | None = None) -> Verdict:
        """Return the verdict on one return and take its line; `orders` decide between equals."""
        earlier = [line for line in self.by_code.get(back.code, ()) if line.at < back.at]
        if not earlier:
            return Verdict(back.id, NO_ORDER)
        group = _plainest(back, [line for line in earlier if line.id not in self.taken])
        if not group:
            return Verdict(back.id, TOO_FEW)
        named = [line for line in group if orders and line.order_id in orders]
        chosen = group if len(group) == 1 else named
        if len(chosen) != 1:
            return Verdict(back.id, AMBIGUOUS, None, len(group))
        self.taken.add(chosen[0].id)
        return Verdict(back.id, MATCHED, chosen[0].id, len(group))


def _orders_by_document(
    returns: Iterable[PastReturn], verdicts: Mapping[int, Verdict], shelf: _Shelf
) -> dict[str, set[int]]:
    """Return the orders that the matched lines of each cancellation belong to."""
    found: dict[str, set[int]] = defaultdict(set)
    for back in returns:
        line_id = verdicts[back.id].line_id
        if line_id is not None:
            found[back.document].add(shelf.order_of[line_id])
    return found


def _plainest(back: PastReturn, free: Sequence[PastLine]) -> list[PastLine]:
    fitting = [line for line in free if line.qty >= back.qty]
    for same_qty, same_price in ((True, True), (True, False), (False, True), (False, False)):
        group = [
            line
            for line in fitting
            if (not same_qty or line.qty == back.qty)
            and (not same_price or line.price == back.price)
        ]
        if group:
            return group
    return []
