"""Landed costs, claims, invoices and lines of arrivals for the access matrix."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING

from core.actors import SYSTEM
from inventory.models import Warehouse
from suppliers.models import LandedCost, PurchaseOrder, SupplierClaim, SupplierInvoice
from suppliers.services import claims, finishing, matching
from suppliers.services.matching import InvoiceAsk, InvoiceDraft
from tests.access.objects import Objects, by_pk, kind
from tests.factories import costs, purchases
from tests.factories import suppliers as docks
from tests.factories.purchases import NOW, Trade

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _trade(code: str) -> Trade:
    return purchases.trade(place=Warehouse.objects.get(code=code), code=f"COST-{next(_numbers)}")


def _cost(code: str) -> LandedCost:
    of = _trade(code)
    return costs.bill(costs.arrived(of, {purchases.goods(of, f"LC-{next(_numbers)}"): 3}))


def _sent(code: str) -> PurchaseOrder:
    of = _trade(code)
    return purchases.sent(of, {purchases.goods(of, f"INV-{next(_numbers)}"): 3})


def _claim(code: str) -> SupplierClaim:
    of = _trade(code)
    sku = purchases.goods(of, f"CL-{next(_numbers)}")
    asn = costs.announced(of, purchases.sent(of, {sku: 3}))
    opened = docks.receipt(asn)
    docks.count(opened, sku, 3, kind="damaged")
    finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    return claims.draw_up(asn.pk, actor=SYSTEM, at=NOW)


def _invoice(code: str) -> SupplierInvoice:
    order = _sent(code)
    asked = [InvoiceAsk(order.lines.get().pk, 1, Decimal(99))]
    draft = InvoiceDraft(order.pk, f"I-{next(_numbers)}", NOW.date(), asked)
    return matching.enter(draft, actor=SYSTEM, at=NOW)


def _both(world: World, make) -> Objects:
    return by_pk(make(world.own_warehouse), make(world.foreign_warehouse))


@kind("landed-cost")
def _costs(world: World) -> Objects:
    return _both(world, _cost)


@kind("sent-purchase-order")
def _orders(world: World) -> Objects:
    return _both(world, _sent)


@kind("claim")
def _claims(world: World) -> Objects:
    return _both(world, _claim)


@kind("invoice")
def _invoices(world: World) -> Objects:
    return _both(world, _invoice)


@kind("arrival-line")
def _lines(world: World) -> Objects:
    def line(code: str):
        of = _trade(code)
        order = purchases.sent(of, {purchases.goods(of, f"AL-{next(_numbers)}"): 3})
        return costs.announced(of, order).lines.get()

    return _both(world, line)
