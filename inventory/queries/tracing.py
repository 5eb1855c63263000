"""Where a lot came from, where it lies and to whom it went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, Sum

from inventory.domain.places import CUSTOMER
from inventory.models import BinReservation, BinStock, StockMove

MOST_SHOWN = 200


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
    """Return what a recall must know; the caller turns owner keys into orders. Four statements.

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
    left = _departures(lot_id)
    latest = left[:most]
    moments = dict(
        StockMove.objects.filter(pk__in=[row[2] for row in latest]).values_list("pk", "event__at")
    )
    return LotTrace(
        tuple(LotPlace(row[0] or "", row[1], row[2], row[3], row[4]) for row in places),
        tuple(LotDeparture(key, qty, moments[move_id]) for key, qty, move_id in latest),
        tuple(claims),
        sum(row[1] for row in left),
        len(left),
    )


def lot_departures(lot_id: int) -> dict[str, int]:
    """Return the units of a lot that left, by what they left with (`shipment_line:ID`).

    One statement that an index answers alone.
    """
    return {owner_key: qty for owner_key, qty, _move_id in _departures(lot_id)}


def _departures(lot_id: int) -> list[tuple[str, int, int]]:
    rows = (
        StockMove.objects.filter(lot_id=lot_id, to_bin_id=CUSTOMER)
        .order_by()
        .values("owner_key")
        .annotate(units=Sum("qty"), last=Max("pk"))
        .values_list("owner_key", "units", "last")
    )
    return sorted(rows, key=lambda row: -row[2])


def lot_demands(lot_id: int) -> set[str]:
    """Return the promises (`shipment_line:ID`) whose picks hold units of a lot now."""
    rows = BinReservation.objects.pending().filter(bin_stock__lot_id=lot_id)
    return set(rows.values_list("demand_key", flat=True).order_by())
