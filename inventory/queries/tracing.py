"""Where a lot came from, where it lies and to whom it went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from inventory.domain.places import CUSTOMER
from inventory.models import BinReservation, BinStock, StockMove

MOST_SHOWN = 200
#: Moves read for each departure shown; a lot that left in more pieces shows fewer departures.
MOVES_PER_OWNER = 3


@dataclass(frozen=True, slots=True)
class LotPlace:
    """Units of a lot in one bin and condition."""

    warehouse_code: str
    bin_code: str
    condition: str
    qty: int
    reserved: int


@dataclass(frozen=True, slots=True)
class LotDeparture:
    """Units of a lot that left with a shipment line (`shipment_line:ID`)."""

    owner_key: str
    qty: int
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LotTrace:
    """A lot's places, departures, and the picks that hold units of it now.

    `departures` are the latest; `departed_qty` counts the units of all, `departed_count` the
    shipment lines they left with.
    """

    places: tuple[LotPlace, ...]
    departures: tuple[LotDeparture, ...]
    claimed_by: tuple[tuple[str, str, int], ...]
    departed_qty: int = 0
    departed_count: int = 0


def lot_trace(lot_id: int, *, most: int = MOST_SHOWN) -> LotTrace:
    """Return what a recall must know; the caller turns owner keys into orders. Six statements.

    `claimed_by`: (pick key, shipment line key, units) of claims in bins and totes. At most `most`
    departures are listed, the latest first.
    """
    places = (
        BinStock.objects.present()
        .filter(lot_id=lot_id)
        .order_by("bin__warehouse__code", "bin__code", "pk")
        .values_list("bin__warehouse__code", "bin__code", "condition", "qty", "reserved")
    )
    claims = (
        BinReservation.objects.pending()
        .filter(bin_stock__lot_id=lot_id)
        .order_by("owner_key", "demand_key")
        .values("owner_key", "demand_key")
        .annotate(units=Sum("qty"))
        .values_list("owner_key", "demand_key", "units")
    )
    left = _left(lot_id)
    return LotTrace(
        tuple(LotPlace(row[0] or "", row[1], row[2], row[3], row[4]) for row in places),
        tuple(_latest(left, most)),
        tuple(claims),
        left.aggregate(units=Sum("qty"))["units"] or 0,
        left.order_by().values("owner_key").distinct().count(),
    )


def lot_departures(lot_id: int) -> dict[str, int]:
    """Return the units of a lot that left, by what they left with (`shipment_line:ID`).

    One statement that an index answers alone.
    """
    return _units(_left(lot_id))


def _left(lot_id: int) -> QuerySet[StockMove]:
    return StockMove.objects.filter(lot_id=lot_id, to_bin_id=CUSTOMER)


def _units(left: QuerySet[StockMove]) -> dict[str, int]:
    rows = left.order_by().values("owner_key").annotate(units=Sum("qty"))
    return dict(rows.values_list("owner_key", "units"))


def _latest(left: QuerySet[StockMove], most: int) -> list[LotDeparture]:
    """Return what left last, the latest first; an owner that took several moves counts once."""
    moments: dict[str, dt.datetime] = {}
    newest = left.order_by("-pk").values_list("owner_key", "event__at")
    for owner_key, at in newest[: most * MOVES_PER_OWNER]:
        if len(moments) == most:
            break
        moments.setdefault(owner_key, at)
    units = _units(left.filter(owner_key__in=list(moments)))
    return [LotDeparture(key, units[key], at) for key, at in moments.items()]


def lot_demands(lot_id: int) -> set[str]:
    """Return the promises (`shipment_line:ID`) whose picks hold units of a lot now."""
    rows = BinReservation.objects.pending().filter(bin_stock__lot_id=lot_id)
    return set(rows.values_list("demand_key", flat=True).order_by())
