"""`python -m benchmarks approvals [--orders 10000]`: how fast the approval pages open.

On a PostgreSQL of its own, through the whole request stack as an approver under two rules, with a
substitute: the inbox by age and by amount, and the card of an order of 200 lines.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from decimal import Decimal
from typing import Any

from benchmarks import installation, pages, purchasing

WAITING = 2_000
LINES = 200


def main(arguments: list[str]) -> int:
    """Measure on a database of its own and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks approvals", description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-approvals"):
        installation.empty_tables()
        print(json.dumps(measure(chosen.orders), indent=2))
    return 0


def measure(orders: int) -> dict[str, Any]:
    """Return median and worst milliseconds and the queries of each page."""
    person, paths = _prepare(orders)
    pages.settle()
    figures = [pages.timed(person, name, path) for name, path in paths.items()]
    return {
        "orders": orders,
        "waiting": WAITING,
        "pages": [figure.as_json() for figure in figures],
    }


def _prepare(orders: int) -> tuple[Any, dict[str, str]]:
    """Write orders of which some wait, rules and a substitute; return approver and pages."""
    from core import clock  # noqa: PLC0415  # after django.setup()
    from core.models import User  # noqa: PLC0415

    buyer, _paths = purchasing._prepare(orders - WAITING)
    approver = User.objects.get(username="bench-approver")
    now = clock.now()
    _rules(approver, now)
    card = _waiting(buyer, now)
    return approver, {
        "approval inbox": "/approvals/",
        "approval inbox, by amount": "/approvals/?order=amount",
        "approval of an order of 200 lines": f"/approvals/{card}/",
    }


def _rules(approver: Any, now: dt.datetime) -> None:
    from core.actors import SYSTEM, Actor  # noqa: PLC0415
    from core.approvals import StandIn, delegate  # noqa: PLC0415
    from core.approvals.matching import Step  # noqa: PLC0415
    from core.approvals.policies import PolicyDraft, save  # noqa: PLC0415
    from core.models import EVERY, Role, User, UserRole, UserScope  # noqa: PLC0415

    role = Role.objects.get(code="approver")
    away = User.objects.create(username="bench-away", full_name="Ann Away")
    UserRole.objects.create(user=away, role=role)
    UserScope.objects.create(user=away, kind="warehouse", code=EVERY)
    people = frozenset({away.pk})
    for name, level, start, step in (
        ("Small", 1, 0, Step(role.pk)),
        ("Large", 2, 5000, Step(None, people)),
    ):
        draft = PolicyDraft("purchase_order", name, level, Decimal(start), steps=(step,))
        save(draft, actor=SYSTEM, at=now)
    wish = StandIn(approver.pk, now, now + dt.timedelta(days=3))
    delegate(wish, actor=Actor("user", away.pk, "Ann Away"), at=now)


def _waiting(buyer: Any, now: dt.datetime) -> int:
    """Write orders that wait, with their lines and revisions; return the first request's id."""
    from inventory.models import Sku  # noqa: PLC0415

    skus = list(Sku.objects.order_by("pk")[:LINES])
    orders = _orders(buyer, skus, now)
    _revisions(orders, _snapshot(skus), f"user:{buyer.pk}", now)
    return _requests(orders, buyer, now)


def _orders(buyer: Any, skus: list[Any], now: dt.datetime) -> list[Any]:
    from inventory.models import Warehouse  # noqa: PLC0415
    from suppliers.models import PurchaseLine, PurchaseOrder, Supplier  # noqa: PLC0415

    supplier, place = Supplier.objects.order_by("pk")[0], Warehouse.objects.get()
    orders = PurchaseOrder.objects.bulk_create(
        PurchaseOrder(
            number=f"PO-W{number:06d}",
            supplier=supplier,
            warehouse=place,
            currency="USD",
            fx_rate=Decimal(1),
            state="pending",
            reason="29 days of cover",
            total_amount=Decimal(number + 1) * 5,
            total_base_amount=Decimal(number + 1) * 5,
            created_at=now,
            created_by=f"user:{buyer.pk}",
            submitted_at=now,
            submitted_by=f"user:{buyer.pk}",
        )
        for number in range(WAITING)
    )
    PurchaseLine.objects.bulk_create(
        PurchaseLine(
            order=order,
            position=place_of + 1,
            sku=sku,
            raw_need_qty=10,
            qty=12,
            unit_price=Decimal("3.6"),
            quoted_price=Decimal("3.5"),
            price_source="LIST",
        )
        for number, order in enumerate(orders)
        for place_of, sku in enumerate(skus[: LINES if number == 0 else 5])
    )
    return orders


def _revisions(orders: list[Any], content: dict[str, Any], by: str, now: dt.datetime) -> None:
    from suppliers.models import PurchaseRevision  # noqa: PLC0415

    PurchaseRevision.objects.bulk_create(
        PurchaseRevision(
            order=order,
            revision=revision,
            snapshot=content if number == 0 else {"lines": [], "total": "5"},
            content_hash="0" * 64,
            made_by=by,
            made_at=now,
        )
        for revision in (1, 2)
        for number, order in enumerate(orders)
    )


def _requests(orders: list[Any], buyer: Any, now: dt.datetime) -> int:
    from core.models import ApprovalAuthor, ApprovalPolicy, ApprovalRequest  # noqa: PLC0415

    rules = {rule.level: rule.pk for rule in ApprovalPolicy.objects.order_by("pk")}
    requests = ApprovalRequest.objects.bulk_create(
        ApprovalRequest(
            kind="purchase_order",
            document_key=f"purchase_order:{order.pk}",
            label=order.number,
            revision=2,
            content_hash="0" * 64,
            amount_base=order.total_base_amount,
            warehouse_code=order.warehouse.code,
            requested_by=buyer,
            requested_by_key=f"user:{buyer.pk}",
            requested_at=now - dt.timedelta(minutes=WAITING - number),
            expires_at=now + dt.timedelta(days=5),
            policy_id=rules[1 if order.total_base_amount < 5000 else 2],
            tier_since=now,
        )
        for number, order in enumerate(orders)
    )
    ApprovalAuthor.objects.bulk_create(
        ApprovalAuthor(request=request, user=buyer) for request in requests
    )
    return requests[0].pk


def _snapshot(skus: list[Any]) -> dict[str, Any]:
    lines = [
        {
            "position": position + 1,
            "sku": sku.code,
            "qty": 12,
            "raw_need_qty": 10,
            "unit_price": "3.6",
            "quoted_price": "3.5",
            "price_source": "LIST",
            "reason": "",
        }
        for position, sku in enumerate(skus)
    ]
    return {"total": "8640", "lines": lines}
