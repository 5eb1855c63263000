"""Where a lot came from, where it lies and to whom it went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from inventory.domain.places import CUSTOMER
from inventory.models import BinReservation, BinStock, StockMove


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
    """A lot's places, departures, and the picks that hold units of it now."""

    places: tuple[LotPlace, ...]
    departures: tuple[LotDeparture, ...]
    claimed_by: tuple[tuple[str, str, int], ...]


def lot_trace(lot_id: int) -> LotTrace:
    """Return what a recall must know; the caller turns owner keys into orders. Three statements.

    `claimed_by`: (pick key, shipment line key, units) of claims in bins and totes.
    """
    places = (
        BinStock.objects.present()
        .filter(lot_id=lot_id)
        .order_by("bin__warehouse__code", "bin__code", "pk")
        .values_list("bin__warehouse__code", "bin__code", "condition", "qty", "reserved")
    )
    totals: dict[str, tuple[int, dt.datetime]] = {}
    moves = StockMove.objects.filter(lot_id=lot_id, to_bin_id=CUSTOMER).order_by("pk")
    for owner_key, qty, at in moves.values_list("owner_key", "qty", "event__at"):
        totals[owner_key] = (totals.get(owner_key, (0, at))[0] + qty, at)
    claims = (
        BinReservation.objects.pending()
        .filter(bin_stock__lot_id=lot_id)
        .order_by("owner_key", "demand_key")
        .values("owner_key", "demand_key")
        .annotate(units=Sum("qty"))
        .values_list("owner_key", "demand_key", "units")
    )
    return LotTrace(
        tuple(LotPlace(row[0] or "", row[1], row[2], row[3], row[4]) for row in places),
        tuple(LotDeparture(key, qty, at) for key, (qty, at) in totals.items()),
        tuple(claims),
    )
