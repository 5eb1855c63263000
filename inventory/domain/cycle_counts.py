"""What follows from the rounds of a blind count (X18), and how often a bin is counted.

Each round is compared with what the ledger showed at its own end, so units that left in between
change nothing. A round that finds exactly what was expected needs no second person: blind, nobody
hits the right figure by copying it. A difference must be found twice in a row, by two persons.

Worked: expected 10, counted 8 (-2); three leave; the second person finds 5 against 7 (-2): the
same difference twice, so -2 is booked on what is there now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

SkuLot = tuple[int, int | None]
"""(SKU id, lot id or None)."""
Variances = Mapping[SkuLot, int]
Verdict = Literal["post", "recount", "review"]

TRANSITIONS: Final[Mapping[str, frozenset[str]]] = {
    "requested": frozenset({"counting", "cancelled"}),
    "counting": frozenset({"counted", "recount", "review", "requested", "cancelled"}),
    "counted": frozenset({"posted", "review"}),
    "recount": frozenset({"counting", "cancelled"}),
    "review": frozenset({"posted", "recount", "cancelled"}),
    "posted": frozenset(),
    "cancelled": frozenset(),
}

YEAR: Final = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Limits:
    """Differences beyond either figure need somebody's approval. `amount` in the own currency."""

    units: int
    amount: Decimal

    def exceeded_by(self, units: int, amount: Decimal) -> bool:
        """Say whether a difference of so many units and so much value needs approval."""
        return units > self.units or amount > self.amount


@dataclass(frozen=True, slots=True)
class Size:
    """A difference summed over a bin, without sign: found and lost units don't cancel out."""

    units: int
    amount: Decimal


def size_of(variances: Variances, unit_values: Mapping[int, Decimal]) -> Size:
    """Return units and value of a difference; a SKU without value counts its units only."""
    units = sum(abs(qty) for qty in variances.values())
    amount = sum(
        (abs(qty) * unit_values.get(key[0], Decimal(0)) for key, qty in variances.items()),
        Decimal(0),
    )
    return Size(units, amount)


def judge(rounds: Sequence[Variances], size: Size, limits: Limits) -> Verdict:
    """Say what follows the last of the finished rounds.

    Raises:
        ValueError: there is no round.
    """
    if not rounds:
        raise ValueError("a count without a round has no verdict")
    last = _differences(rounds[-1])
    if not last:
        return "post"
    if len(rounds) < 2 or _differences(rounds[-2]) != last:
        return "recount"
    return "review" if limits.exceeded_by(size.units, size.amount) else "post"


def _differences(variances: Variances) -> dict[SkuLot, int]:
    return {key: qty for key, qty in variances.items() if qty}


def classify(
    values: Mapping[int, Decimal], *, a_pct: Decimal, b_pct: Decimal
) -> dict[int, Literal["A", "B", "C"]]:
    """Return the ABC class per key by value, the dearest first; what moved nothing is C.

    A key belongs to A while the value before it is below `a_pct` of the whole, to B while it is
    below `a_pct` + `b_pct`: the one that crosses the border still belongs to the better class.
    Ties go to the smaller key.
    """
    total = sum(values.values(), Decimal(0))
    ranked = sorted(values, key=lambda key: (-values[key], key))
    classes: dict[int, Literal["A", "B", "C"]] = {}
    before = Decimal(0)
    for key in ranked:
        if values[key] <= 0 or before * 100 >= total * (a_pct + b_pct):
            classes[key] = "C"
        else:
            classes[key] = "A" if before * 100 < total * a_pct else "B"
        before += values[key]
    return classes


@dataclass(frozen=True, slots=True)
class BinDue:
    """A bin with goods: the best class among them and when it was last counted, if ever."""

    bin_id: int
    abc: str
    counted_at: dt.datetime | None
    sequence: int


def due_bins(
    bins: Sequence[BinDue], days: Mapping[str, int], *, as_of: dt.datetime, most: int
) -> list[tuple[BinDue, dt.datetime]]:
    """Return the bins to count now with the moment they became due, at most `most`.

    A bin never counted is due at once. Class A comes first, then the longest overdue, then the
    walk. `as_of` is aware UTC.
    """
    found = []
    for row in bins:
        due = as_of if row.counted_at is None else row.counted_at + dt.timedelta(days[row.abc])
        if due <= as_of:
            found.append((row, due))
    found.sort(
        key=lambda pair: (
            pair[0].abc,
            pair[0].counted_at is not None,
            pair[1],
            pair[0].sequence,
            pair[0].bin_id,
        )
    )
    return found[:most]
