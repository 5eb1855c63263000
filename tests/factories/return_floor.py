"""Returns at the warehouse's door: places for them, parcels, inspected units."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from core.actors import Actor
from inventory.models import Bin, Sku, Warehouse
from returns.models import Inspection, ReturnArrival, ReturnRequest, ReturnUnits
from returns.services import arriving, inspecting
from returns.services.arriving import Came
from returns.services.inspecting import Finding
from tests.factories import returns

CAME = returns.ASKED + dt.timedelta(days=3)
WORKER = Actor("user", 301, "Wei R.")
_numbers = itertools.count(1)


def return_bin(place: Warehouse, code: str = "RET-1", kind: str = "quarantine") -> Bin:
    """Return the warehouse's place for goods that come back."""
    found = Bin.objects.filter(warehouse=place, code=code).first()
    return found or Bin.objects.create(warehouse=place, code=code, kind=kind, is_pickable=False)


def ready(*codes: str, **more: Any) -> Warehouse:
    """Return a warehouse with stock of the SKUs and a place for returns."""
    returns.ensure_rules()
    place = returns.stocked(*codes, **more)
    return_bin(place)
    return place


def asked(**more: Any) -> ReturnRequest:
    """Return an approved request for one of two TEA that were delivered."""
    return returns.request(returns.delivered_order(), **more)


def open_parcel(place: Warehouse, code: str, key: str = "") -> ReturnArrival:
    """Open a parcel by a code."""
    key = key or f"test-parcel:{next(_numbers)}"
    return arriving.open_arrival(place.pk, code, key=key, actor=WORKER, at=CAME)


def take_in(place: Warehouse, request: ReturnRequest, units: dict[str, int]) -> ReturnArrival:
    """Take in a parcel of a request with units by SKU code; a code of no SKU is not ours."""
    row = open_parcel(place, request.number)
    skus = {sku.code: sku.pk for sku in Sku.objects.filter(code__in=units)}
    for code, qty in units.items():
        came = Came(skus.get(code), qty, description="" if code in skus else code)
        arriving.count(row.pk, came, at=CAME)
    return arriving.finish(row.pk, actor=WORKER, at=CAME)


def waiting(request: ReturnRequest, **more: Any) -> list[ReturnUnits]:
    """Return what of a request somebody still has to deal with."""
    rows = ReturnUnits.objects.waiting().filter(line__request=request, **more)
    return list(rows.order_by("pk"))


def inspect(units: ReturnUnits, grade: str = "A", key: str = "", **more: Any) -> Inspection:
    """Write a finding about units; goods for sale go to the pick bin when no bin is named."""
    if more.get("disposition", "restock" if grade == "A" else "") in {"restock", "open_box"}:
        shelf = Bin.objects.get(warehouse=units.bin.warehouse_id, code="A-01")
        more.setdefault("bin_id", shelf.pk)
    at = more.pop("at", CAME)
    key = key or f"test-inspection:{next(_numbers)}"
    return inspecting.inspect(units.pk, Finding(grade, **more), key=key, actor=WORKER, at=at)
