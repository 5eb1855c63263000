"""`python -m benchmarks purchasing [--orders 10000]`: how fast the pages of purchase orders open.

On a PostgreSQL of its own, through the whole request stack as a signed-in buyer: the index, its
tabs, and one order of 200 lines that went through submission, approval and sending.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from benchmarks import installation, pages

LINES = 5
LONG_LINES = 200
SKUS = 400
STATES = (
    *("closed",) * 12,
    *("sent",) * 3,
    *("confirmed",) * 2,
    "draft",
    "approved",
    "partly_received",
)


def main(arguments: list[str]) -> int:
    """Measure on a database of its own and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks purchasing", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-purchasing"):
        installation.empty_tables()
        print(json.dumps(measure(chosen.orders), indent=2))
    return 0


def measure(orders: int) -> dict[str, Any]:
    """Return median and worst milliseconds and the queries of each page."""
    buyer, paths = _prepare(orders)
    pages.settle()
    figures = [pages.timed(buyer, name, path) for name, path in paths.items()]
    return {"orders": orders, "pages": [figure.as_json() for figure in figures]}


def _prepare(orders: int) -> tuple[Any, dict[str, str]]:
    """Write suppliers, SKUs and orders; return the buyer and the pages to open."""
    from core.models import User  # noqa: PLC0415  # after django.setup()
    from core.services import first_people  # noqa: PLC0415
    from core.services.first_people import DemoPerson  # noqa: PLC0415
    from inventory.models import Sku, Warehouse  # noqa: PLC0415
    from suppliers.models import Supplier, SupplierContact  # noqa: PLC0415

    people = (
        DemoPerson("bench-buyer", "Bea Buyer", "buyer"),
        DemoPerson("bench-approver", "Al Approver", "approver"),
    )
    first_people.set_demo_people(people, production=False, at=installation.AT)
    buyer, approver = (User.objects.get(username=one.username) for one in people)
    place = Warehouse.objects.create(code="LA", name="LA", country="US")
    Sku.objects.bulk_create(
        Sku(code=f"SKU-{number:04d}", name=f"Goods {number}") for number in range(SKUS)
    )
    skus = list(Sku.objects.order_by("pk"))
    suppliers = Supplier.objects.bulk_create(
        Supplier(code=f"SUP{number}", name=f"Supplier {number}", currency="USD")
        for number in range(50)
    )
    SupplierContact.objects.create(supplier=suppliers[0], name="Lin", email="lin@example.com")
    _write(orders, suppliers, place, skus)
    long = _long_order(suppliers[0].pk, place.pk, skus, (buyer, approver))
    return buyer, {
        "an empty page, for comparison": "/approvals/?tab=asked",
        "purchase orders": "/purchase-orders/",
        "purchase orders, late": "/purchase-orders/?tab=late",
        "purchase orders, searched by SKU": "/purchase-orders/?q=SKU-0007",
        "purchase order of 200 lines": f"/purchase-orders/{long}/",
    }


def _write(orders: int, suppliers: Sequence[Any], place: Any, skus: Sequence[Any]) -> None:
    from suppliers.models import PurchaseLine, PurchaseOrder  # noqa: PLC0415

    at = installation.AT
    rows = PurchaseOrder.objects.bulk_create(
        [_order(number, suppliers, place, at) for number in range(orders)], batch_size=1000
    )
    PurchaseLine.objects.bulk_create(
        [
            PurchaseLine(
                order=order,
                position=position + 1,
                sku=skus[(number * 7 + position * 31) % len(skus)],
                raw_need_qty=10,
                qty=12,
                unit_price=Decimal("3.5"),
                quoted_price=Decimal("3.5"),
                price_source="LIST",
                received_qty=12 if order.state == "closed" else 0,
            )
            for number, order in enumerate(rows)
            for position in range(LINES)
        ],
        batch_size=2000,
    )


def _order(number: int, suppliers: Sequence[Any], place: Any, at: dt.datetime) -> Any:
    from suppliers.models import PurchaseOrder  # noqa: PLC0415

    state = STATES[number % len(STATES)]
    is_submitted = state != "draft"
    is_sent = state not in {"draft", "approved"}
    return PurchaseOrder(
        number=f"PO-B{number:06d}",
        supplier=suppliers[number % len(suppliers)],
        warehouse=place,
        currency="USD",
        fx_rate=Decimal(1),
        state=state,
        expected_on=at.date() + dt.timedelta(days=number % 60 - 20),
        total_amount=Decimal(210),
        total_base_amount=Decimal(210),
        created_at=at - dt.timedelta(minutes=number),
        created_by="system",
        submitted_at=at if is_submitted else None,
        approved_at=at if is_submitted else None,
        approved_by="system" if is_submitted else "",
        approval_hash="0" * 64 if is_submitted else "",
        sent_at=at if is_sent else None,
        sent_revision=1 if is_sent else None,
        closed_at=at if state == "closed" else None,
    )


def _long_order(supplier: int, place: int, skus: Sequence[Any], people: Sequence[Any]) -> int:
    """Draft, submit, approve and send an order of 200 lines through the services."""
    from core.actors import Actor  # noqa: PLC0415
    from suppliers.models import ListPrice, SupplierSku  # noqa: PLC0415
    from suppliers.services import (  # noqa: PLC0415
        purchase_approving,
        purchase_drafting,
        purchase_sending,
        purchase_submitting,
    )
    from suppliers.services.purchase_drafts import LineAsk, OrderDraft  # noqa: PLC0415

    at = installation.AT
    chosen = skus[:LONG_LINES]
    goods = SupplierSku.objects.bulk_create(
        SupplierSku(supplier_id=supplier, sku=sku, currency="USD", multiple_qty=12)
        for sku in chosen
    )
    ListPrice.objects.bulk_create(
        ListPrice(
            supplier_sku=one,
            min_qty=1,
            unit_price=Decimal("2.5"),
            valid_from=at.date() - dt.timedelta(days=30),
        )
        for one in goods
    )
    buyer, approver = (Actor("user", user.pk, user.full_name) for user in people)
    draft = OrderDraft(
        supplier_id=supplier,
        warehouse_id=place,
        currency="USD",
        lines=[LineAsk(sku.pk, 50) for sku in chosen],
    )
    order = purchase_drafting.create_draft(draft, actor=buyer, at=at)
    purchase_submitting.submit(order.pk, actor=buyer, at=at)
    kept = order.revisions.get()
    shown = purchase_approving.Shown(kept.revision, kept.content_hash)
    purchase_approving.approve(order.pk, shown, actor=approver, at=at)
    purchase_sending.send(order.pk, actor=buyer, at=at)
    return order.pk
