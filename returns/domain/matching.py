"""Find the order line that a past cancellation took back: same customer, same code, earlier, enough.

A file of past sales says that three tins came back, not from which order. Of the lines that the
customer bought before, one of the same quantity and price is the plainest answer, then one of the
same quantity, then one with more units. Where the plainest group holds several lines nothing tells
them apart: the fact stays ambiguous and takes no line. A line that is taken is never taken again,
so facts are asked in the order in which they happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
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
    """One cancelled line of a past sale; `price` is per unit, `at` aware UTC."""

    id: int
    at: dt.datetime
    qty: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class PastLine:
    """One bought line of the same customer and code."""

    id: int
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


def match(returns: Iterable[PastReturn], lines: Sequence[PastLine]) -> list[Verdict]:
    """Return a verdict for each return of one customer and code, in the order they happened."""
    free = sorted(lines, key=lambda line: (line.at, line.id))
    verdicts = []
    for back in sorted(returns, key=lambda one: (one.at, one.id)):
        verdict = _judge(back, free, lines)
        verdicts.append(verdict)
        free = [line for line in free if line.id != verdict.line_id]
    return verdicts


def _judge(back: PastReturn, free: Sequence[PastLine], lines: Sequence[PastLine]) -> Verdict:
    if not any(line.at < back.at for line in lines):
        return Verdict(back.id, NO_ORDER)
    fitting = [line for line in free if line.at < back.at and line.qty >= back.qty]
    for fits in _PLAINEST_FIRST:
        group = [line for line in fitting if fits(back, line)]
        if len(group) == 1:
            return Verdict(back.id, MATCHED, group[0].id, 1)
        if group:
            return Verdict(back.id, AMBIGUOUS, None, len(group))
    return Verdict(back.id, TOO_FEW)


_PLAINEST_FIRST: Final[tuple[Callable[[PastReturn, PastLine], bool], ...]] = (
    lambda back, line: line.qty == back.qty and line.price == back.price,
    lambda back, line: line.qty == back.qty,
    lambda back, line: line.price == back.price,
    lambda back, line: True,
)
