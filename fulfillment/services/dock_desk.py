"""The dock (W3): which arrival a code opens, and arrivals nobody announced."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.permissions import Principal
from core.scanning import parse_scan
from fulfillment.models import Station
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Warehouse
from suppliers.models import PurchaseOrder, Receipt, Supplier
from suppliers.queries import find_arrival
from suppliers.services import announcing, arrivals, receiving

RECEIVE = "fulfillment.receive"
MAY_COME = ("announced", "arrived", "receiving")


def open_by_code(
    raw: str, *, principal: Principal, at: dt.datetime, station_code: str = ""
) -> ScanAnswer | None:
    """Open what a code names: an arrival by its number, SSCC, tracking or supplier's number.

    A purchase order's number opens the arrival that is expected of it; goods of it that nobody
    announced are announced by that. A supplier's own code opens an unplanned arrival at the
    station's warehouse. None when the code names none of them, or the person doesn't receive.

    Raises:
        ArrivalState: nothing can come of this arrival any more.
        NothingToCome: everything of this purchase order came, or it ended.
        NoDock: its warehouse has no dock.
    """
    if not principal.may(RECEIVE):
        return None
    parsed = parse_scan(raw)
    code = str(parsed.get("00") or "".join(raw.split()))[:64]
    asn = find_arrival(principal, code) or find_arrival(principal, code.upper())
    if asn is not None:
        opened = receiving.open_receipt(asn.pk, actor=principal.actor, at=at)
        return _at(opened, asn.number)
    order = PurchaseOrder.objects.visible_to(principal).filter(number=code.upper()).first()
    if order is not None:
        return _at(come_of(order.pk, principal=principal, at=at), order.number)
    supplier = Supplier.objects.active().filter(code=code.upper()).first()
    if supplier is None:
        return None
    place = _warehouse(principal, station_code)
    if place is None:
        return ScanAnswer("reject", "WHICH_WAREHOUSE", {"scanned": supplier.code})
    return _at(register(supplier.pk, place.pk, principal=principal, at=at), supplier.code)


@transaction.atomic
def register(
    supplier_id: int, warehouse_id: int, *, principal: Principal, at: dt.datetime
) -> Receipt:
    """Open a receipt for goods that stand at the dock unannounced.

    Raises:
        SupplierMissing: the supplier is not in use.
        NoDock: the warehouse has no dock.
    """
    asn = arrivals.register_unplanned(
        supplier_id=supplier_id, warehouse_id=warehouse_id, actor=principal.actor, at=at
    )
    return receiving.open_receipt(asn.pk, actor=principal.actor, at=at)


@transaction.atomic
def come_of(order_id: int, *, principal: Principal, at: dt.datetime) -> Receipt:
    """Open a receipt for goods of a purchase order.

    Raises:
        NothingToCome: everything of it came, or it ended.
        NoDock: the warehouse has no dock.
    """
    asn = announcing.come_of_order(order_id, actor=principal.actor, at=at)
    return receiving.open_receipt(asn.pk, actor=principal.actor, at=at)


def unfinished(principal: Principal) -> list[Receipt]:
    """Return the receipts in scope that somebody still counts or inspects, oldest first."""
    rows = Receipt.objects.visible_to(principal).unfinished()
    return list(rows.select_related("asn__supplier").order_by("pk")[:6])


def _at(receipt: Receipt, scanned: str) -> ScanAnswer:
    return ScanAnswer("accept", "OPENED", {"scanned": scanned}, f"receipt:{receipt.pk}")


def _warehouse(principal: Principal, station_code: str) -> Warehouse | None:
    station = Station.objects.visible_to(principal).filter(code=station_code).first()
    if station is not None:
        return station.warehouse
    places = list(Warehouse.objects.visible_to(principal).active().order_by("pk")[:2])
    return places[0] if len(places) == 1 else None
