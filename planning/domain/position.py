"""What is there and what is coming: positions, days of cover and the need that nothing meets yet.

Units are whole units of the SKU, days are whole days from today (0 = today), rates are units a
day. A cover of None means that nothing is asked for: it never ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor


class ArrivalKind(StrEnum):
    """How far goods on order are; every kind counts once in the position (X25)."""

    IN_TRANSIT = "in_transit"
    APPROVED = "approved"
    PENDING = "pending"
    DRAFT = "draft"


#: Kinds a supplier has confirmed or sent: only these can save a red SKU from an order (B-12).
CONFIRMED = frozenset({ArrivalKind.IN_TRANSIT, ArrivalKind.APPROVED})


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that come in `in_days` days; None: nobody has said when."""

    kind: ArrivalKind
    qty: int
    in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """Stock of one SKU-warehouse. `held` units are there but not sellable; `buffer` is kept back.

    `backordered` units are promised to customers without stock behind them.
    """

    on_hand: int
    held: int = 0
    reserved: int = 0
    buffer: int = 0
    backordered: int = 0
    arrivals: tuple[Arrival, ...] = ()

    @property
    def sellable(self) -> int:
        """Return units that may still be promised; negative when promises are broken."""
        return self.on_hand - self.held - self.reserved - self.buffer

    @property
    def usable(self) -> int:
        """Return units that serve demand, the kept-back buffer included, backlog taken off."""
        return self.on_hand - self.held - self.reserved - self.backordered


@dataclass(frozen=True, slots=True)
class Position:
    """Inventory position with every part of it.

    qty = on hand - held - reserved - back-orders + in transit + approved + pending + drafts.
    """

    qty: int
    usable: int
    in_transit: int
    approved: int
    pending: int
    draft: int

    def terms(self) -> dict[str, int]:
        """Return the parts by name, so that a person can add them up."""
        return {
            "usable": self.usable,
            "in_transit": self.in_transit,
            "approved": self.approved,
            "pending": self.pending,
            "draft": self.draft,
            "position": self.qty,
        }


def position(picture: Picture, within_days: int | None = None) -> Position:
    """Return the position; with `within_days` goods in transit count only if they land by then.

    Orders that are not under way yet count whatever their day: counting them by day is what makes
    a second run order twice (X25). An unknown day of goods in transit counts as in time.
    """
    sums = dict.fromkeys(ArrivalKind, 0)
    for arrival in picture.arrivals:
        late = within_days is not None and (arrival.in_days or 0) > within_days
        if not (late and arrival.kind == ArrivalKind.IN_TRANSIT):
            sums[arrival.kind] += arrival.qty
    return Position(
        qty=picture.usable + sum(sums.values()),
        usable=picture.usable,
        in_transit=sums[ArrivalKind.IN_TRANSIT],
        approved=sums[ArrivalKind.APPROVED],
        pending=sums[ArrivalKind.PENDING],
        draft=sums[ArrivalKind.DRAFT],
    )


def near_position(picture: Picture, within_days: int) -> int:
    """Return usable units and everything due within these days; an unknown day is not near."""
    due = (a.qty for a in picture.arrivals if a.in_days is not None and a.in_days <= within_days)
    return picture.usable + sum(due)


def cover_days(units: float, daily: float) -> float | None:
    """Return days that units last at a rate, 0 when there are none; None: nothing is asked for.

    Raises:
        ValueError: the rate is negative.
    """
    if daily < 0:
        raise ValueError("A rate of demand can't be negative.")
    if daily == 0:
        return None
    return max(0.0, units / daily)


def runs_out_in(picture: Picture, daily: float, horizon_days: int) -> int | None:
    """Return the first day on which stock and dated arrivals no longer meet demand.

    Day 0 is today: it sells `daily` units, after what arrives on that day. None: not within the
    horizon. Arrivals that nobody has confirmed, and those without a day, are not counted on.
    """
    arrivals = sorted(_confirmed(picture.arrivals))
    stock, index = float(picture.usable), 0
    for day in range(horizon_days):
        while index < len(arrivals) and arrivals[index][0] <= day:
            stock += arrivals[index][1]
            index += 1
        stock -= daily
        if stock < -1e-9:
            return day
    return None


def _confirmed(arrivals: Iterable[Arrival]) -> list[tuple[int, int]]:
    return [
        (arrival.in_days, arrival.qty)
        for arrival in arrivals
        if arrival.kind in CONFIRMED and arrival.in_days is not None
    ]


def is_covered(picture: Picture, daily: float) -> bool:
    """Tell whether a confirmed arrival lands before the stock ends, and lasts (B-12).

    "Red but covered": stock lasts until the first confirmed arrival, and with it no day within
    the 30 days after goes without.
    """
    if daily <= 0:
        return True
    confirmed = _confirmed(picture.arrivals)
    if not confirmed:
        return False
    last = max(in_days for in_days, _qty in confirmed)
    first = min(in_days for in_days, _qty in confirmed)
    if floor(max(picture.usable, 0) / daily + 1e-9) < first:
        return False
    return runs_out_in(picture, daily, max(last, first + 30) + 1) is None


@dataclass(frozen=True, slots=True)
class Need:
    """What is missing: max(0, wanted - position), in whole units, with both sides of it."""

    qty: int
    wanted: float
    position: Position

    def terms(self) -> dict[str, float]:
        """Return wanted, the parts of the position and the need."""
        return {"wanted": self.wanted, **self.position.terms(), "need": self.qty}


def net_need(wanted: float, picture: Picture, horizon_days: int | None = None) -> Need:
    """Return the units to order so that position reaches `wanted`: X25's recommendation.

    `wanted` is the forecast over lead time, review and safety. A system draft of the first run is
    part of the position, so a second run needs 0.
    """
    there = position(picture, horizon_days)
    missing = ceil(round(wanted - there.qty, 6))
    return Need(qty=max(0, missing), wanted=wanted, position=there)
