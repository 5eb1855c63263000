"""Purchase orders in every state: made, submitted, approved and sent through the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.actors import Actor
from core.models import User
from inventory.models import Sku, Warehouse
from suppliers.models import PurchaseOrder, PurchaseRevision, Supplier, SupplierContact
from suppliers.services import purchase_approving, purchase_drafting, purchase_sending
from suppliers.services.purchase_approving import Shown
from suppliers.services.purchase_drafts import LineAsk, OrderDraft
from suppliers.services.purchase_submitting import submit
from tests.factories import orders as make
from tests.factories.core import make_user
from tests.factories.inventory import make_sku
from tests.factories.supplier_terms import ORDER_DAY, make_goods, make_supplier

NOW = dt.datetime.combine(ORDER_DAY, dt.time(9), tzinfo=dt.UTC)


@dataclass(frozen=True)
class Trade:
    """A supplier with an address, a warehouse, and the people who buy and approve."""

    supplier: Supplier
    place: Warehouse
    buyer: User
    approver: User

    @property
    def buying(self) -> Actor:
        return acting(self.buyer)

    @property
    def approving(self) -> Actor:
        return acting(self.approver)


def acting(user: User) -> Actor:
    """Return a person as the one who acts."""
    return Actor("user", user.pk, user.full_name)


def trade(*, place: Warehouse | None = None, language: str = "en", **more: Any) -> Trade:
    """Return a supplier who can be reached, and people who may buy and approve."""
    supplier = make_supplier(**more)
    SupplierContact.objects.create(
        supplier=supplier,
        name="Lin Yue",
        email=f"{supplier.code.lower()}@example.com",
        language=language,
    )
    found = place or Warehouse.objects.filter(code="LA").first() or make.warehouse()
    return Trade(supplier, found, make_user("buyer"), make_user("approver"))


def goods(of: Trade, code: str, price: str = "10", **more: Any) -> Sku:
    """Return a SKU the supplier lists at a price."""
    sku = make_sku(code)
    make_goods(of.supplier, sku, {1: price}, **more)
    return sku


def asked(of: Trade, needs: Mapping[Sku, int], **more: Any) -> OrderDraft:
    """Return a draft with needs by SKU."""
    prices = more.pop("prices", {})
    why = more.pop("why", "")
    lines = [
        LineAsk(sku.pk, need, Decimal(prices[sku]) if sku in prices else None, why)
        for sku, need in needs.items()
    ]
    fields = {"supplier_id": of.supplier.pk, "warehouse_id": of.place.pk, "lines": lines}
    return OrderDraft(**{**fields, **more})


def draft(of: Trade, needs: Mapping[Sku, int], **more: Any) -> PurchaseOrder:
    """Return a draft the buyer wrote."""
    return purchase_drafting.create_draft(asked(of, needs, **more), actor=of.buying, at=NOW)


def pending(of: Trade, needs: Mapping[Sku, int], **more: Any) -> PurchaseOrder:
    """Return an order that waits for approval."""
    return submit(draft(of, needs, **more).pk, actor=of.buying, at=NOW)


def shown(order: PurchaseOrder) -> Shown:
    """Return what an approver sees of an order now."""
    last = PurchaseRevision.objects.filter(order=order).order_by("-revision")[0]
    return Shown(last.revision, last.content_hash)


def approve(of: Trade, order: PurchaseOrder) -> PurchaseOrder:
    """Let the approver approve what waits, and return the order as it is then."""
    purchase_approving.approve(order.pk, shown(order), actor=of.approving, at=NOW)
    return PurchaseOrder.objects.get(pk=order.pk)


def approved(of: Trade, needs: Mapping[Sku, int], **more: Any) -> PurchaseOrder:
    """Return an approved order."""
    return approve(of, pending(of, needs, **more))


def sent(of: Trade, needs: Mapping[Sku, int], **more: Any) -> PurchaseOrder:
    """Return an order the supplier holds."""
    order = approved(of, needs, **more)
    return purchase_sending.send(order.pk, actor=of.buying, at=NOW)
