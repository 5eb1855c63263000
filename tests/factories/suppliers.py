"""Suppliers, docks and arrivals: the smallest valid rows, through the services."""

from __future__ import annotations

import itertools
from typing import Any

from core.actors import SYSTEM, Actor
from inventory.models import Bin, Warehouse
from suppliers.models import Asn, AsnLine, Receipt, Supplier
from suppliers.services import arrivals, finishing, receiving
from suppliers.services.drafts import ArrivalDraft, Counted, LineDraft
from tests.factories import orders as make

NOW = make.NOW
_numbers = itertools.count(1)


def supplier(code: str = "HILL", **more: Any) -> Supplier:
    """Return a known supplier whose goods nobody inspects, unless said otherwise."""
    fields = {"name": code.title(), "is_new": False, "inspection": "none", **more}
    return Supplier.objects.create(code=code, **fields)


def dock(place: Warehouse) -> Bin:
    """Return the dock of a warehouse that also has a hold and a shelf for damaged goods."""
    for code, kind in (("HOLD-1", "quarantine"), ("DMG-1", "damaged"), ("DOCK-1", "receive")):
        found = Bin.objects.get_or_create(
            warehouse=place, code=code, defaults={"kind": kind, "is_pickable": False}
        )[0]
    return found


def arrival(supplier_code: str, place: Warehouse, units: dict[str, int], **more: Any) -> Asn:
    """Announce units by SKU code."""
    lines = tuple(LineDraft(code, qty) for code, qty in units.items())
    draft = ArrivalDraft(
        supplier_code=supplier_code, warehouse_code=place.code, lines=lines, **more
    )
    return arrivals.announce(draft, actor=SYSTEM, at=NOW)


def receipt(asn: Asn, actor: Actor = SYSTEM) -> Receipt:
    """Open the actor's receipt of an arrival."""
    return receiving.open_receipt(asn.pk, actor=actor, at=NOW)


def count(opened: Receipt, sku: Any, qty: int, **more: Any) -> dict[str, int]:
    """Book units on a receipt and return what became of them, by kind."""
    key = more.pop("event_key", f"scan:{next(_numbers)}")
    counted = Counted(receipt_id=opened.pk, sku_id=sku.pk, qty=qty, **more)
    lines = receiving.receive_line(counted, event_key=key, actor=SYSTEM, at=NOW)
    return {line.kind: line.qty for line in lines}


def received(asn: Asn, sku: Any, qty: int, **more: Any) -> Receipt:
    """Count units and finish the receipt."""
    opened = receipt(asn)
    count(opened, sku, qty, **more)
    return finishing.finish(opened.pk, actor=SYSTEM, at=NOW)


def counts(asn: Asn, code: str = "TEA") -> tuple[int, int, int, int]:
    """Return (received, damaged, held, still open) of a line as it is now."""
    line = AsnLine.objects.get(asn=asn, sku__code=code)
    return line.received_qty, line.damaged_qty, line.held_qty, line.open_qty
