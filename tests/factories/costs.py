"""Goods that came under a purchase order, and bills for bringing them here."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.actors import SYSTEM
from inventory.models import Sku
from suppliers.models import Asn, AsnLine, LandedCost, PurchaseOrder, Supplier
from suppliers.services import landed_cost
from suppliers.services.landed_cost import CostDraft
from tests.factories import purchases
from tests.factories import suppliers as docks
from tests.factories.purchases import NOW, Trade


def announced(of: Trade, order: PurchaseOrder, units: dict[Sku, int] | None = None) -> Asn:
    """Announce units of an order (all when none are named) whose goods nobody inspects."""
    docks.dock(of.place)
    Supplier.objects.filter(pk=of.supplier.pk).update(is_new=False, inspection="none")
    lines = {line.sku_id: line for line in order.lines.select_related("sku")}
    units = units or {line.sku: line.qty for line in lines.values()}
    asn = docks.arrival(of.supplier.code, of.place, {s.code: qty for s, qty in units.items()})
    asn.purchase_order = order
    asn.save(update_fields=["purchase_order"])
    for row in AsnLine.objects.filter(asn=asn):
        row.purchase_line = lines[row.sku_id]
        row.save(update_fields=["purchase_line"])
    return asn


def arrived(of: Trade, needs: dict[Sku, int], **more: Any) -> Asn:
    """Order, announce, count and finish units of each SKU."""
    asn = announced(of, purchases.sent(of, needs, **more))
    opened = docks.receipt(asn)
    for line in asn.lines.select_related("sku").order_by("pk"):
        docks.count(opened, line.sku, line.announced_qty)
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    asn.refresh_from_db()
    return asn


def bill(*arrivals: Asn, amount: str = "120.00", **more: Any) -> LandedCost:
    """Enter a freight bill for arrivals."""
    fields = {
        "kind": "freight",
        "payee": "Blue Line",
        "currency": "USD",
        "basis": "qty",
        "billed_on": NOW.date(),
        **more,
    }
    draft = CostDraft(amount=Decimal(amount), asn_ids=tuple(a.pk for a in arrivals), **fields)
    return landed_cost.enter(draft, actor=SYSTEM, at=NOW)
