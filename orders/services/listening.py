"""What orders do when something happened elsewhere: listeners of facts, in batches.

A listener changes little and quickly; work that takes longer becomes a job.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Count, Max, Min

from core import jobs
from core.actors import SYSTEM
from core.events import EventFact
from customers.domain.drafts import OrderFigures
from customers.services import directory
from orders.domain import states
from orders.models import Order, OrderLine, Shipment, ShipmentLine
from orders.models.orders import LineKind, OrderStatus
from orders.services import branding, floor, lot_recalls, replanning
from orders.services.replanning import Wish
from orders.services.upkeep import RETRY_JOB
from shipping.models import Parcel
from shipping.services import portal
from shipping.services.portal import TrackedOrderDraft

MOST_SKUS = 200


def on_stock_available(facts: list[EventFact]) -> None:
    """Queue a look for waiting orders of the SKUs that arrived; none when nothing waits."""
    sku_ids = sorted({int(fact.payload["sku_id"]) for fact in facts})
    wanted = OrderLine.objects.filter(
        sku_id__in=sku_ids, backorder_qty__gt=0, order__status=OrderStatus.CONFIRMED
    )
    waiting = sorted(set(wanted.values_list("sku_id", flat=True).order_by()))
    for start in range(0, len(waiting), MOST_SKUS):
        part = waiting[start : start + MOST_SKUS]
        jobs.enqueue(RETRY_JOB, args={"sku_ids": " ".join(map(str, part))})


def on_promise_broken(facts: list[EventFact]) -> None:
    """Plan orders again whose promised units a count, a loss or a recall took away.

    What is in a wave already goes short at its pick; the rest finds other units or waits.
    """
    keys = {str(fact.payload["owner_key"]) for fact in facts}
    ids = [int(key.partition(":")[2]) for key in keys if key.startswith("shipment_line:")]
    planned = ShipmentLine.objects.filter(
        pk__in=ids, shipment__status=states.PLANNED, shipment__exception=""
    )
    orders = sorted(set(planned.values_list("shipment__order_id", flat=True).order_by()))
    at = max(fact.at for fact in facts)
    for order_id in orders:
        replanning.replan(order_id, Wish("promise_broken"), actor=SYSTEM, at=at)


def on_lot_recalled(facts: list[EventFact]) -> None:
    """Stop what still has units of a recalled lot, also when the recall came from stock alone."""
    for fact in facts:
        lot_recalls.stop_shipments(int(fact.payload["lot_id"]), actor=SYSTEM, at=fact.at)


def on_delivered(facts: list[EventFact]) -> None:
    """Record shipments as delivered once all their parcels have arrived (X03)."""
    owners = {str(fact.payload["owner_key"]) for fact in facts}
    ids = [int(key.partition(":")[2]) for key in owners if key.startswith("shipment:")]
    arrived = _arrived_shipments(ids)
    if arrived:
        floor.deliver(arrived, actor=SYSTEM, at=max(fact.at for fact in facts))


def _arrived_shipments(ids: Sequence[int]) -> list[int]:
    keys = [f"shipment:{pk}" for pk in ids]
    on_the_way = set(
        Parcel.objects.filter(owner_key__in=keys)
        .exclude(state__in=[Parcel.State.DELIVERED, Parcel.State.VOIDED])
        .values_list("owner_key", flat=True)
        .order_by()
    )
    rows = Shipment.objects.filter(pk__in=ids, status=states.SHIPPED).order_by("pk")
    return [pk for pk in rows.values_list("pk", flat=True) if f"shipment:{pk}" not in on_the_way]


def on_imported(facts: list[EventFact]) -> None:
    """Let customers find their new orders, and count the orders of those who ordered."""
    # The end of a file is told under the same name, without an order.
    ids = [int(fact.payload["order_id"]) for fact in facts if "order_id" in fact.payload]
    publish_tracked(ids, facts)
    _count_orders(ids, facts)


def on_changed(facts: list[EventFact]) -> None:
    """Show customers the newest state of orders that were cancelled, edited or promised anew."""
    publish_tracked([int(fact.payload["order_id"]) for fact in facts], facts)


def publish_tracked(order_ids: Sequence[int], facts: Sequence[EventFact]) -> None:
    """Hand what the public page may show of these orders down to shipping. Repeatable."""
    rows = list(
        Order.objects.filter(pk__in=order_ids, is_history=False)
        .select_related("channel__brand_logo")
        .order_by("pk")
    )
    items: dict[int, list[dict[str, object]]] = defaultdict(list)
    lines = OrderLine.objects.filter(order__in=rows).exclude(
        kind__in=[LineKind.COMPONENT, LineKind.FEE]
    )
    for line in lines.order_by("order_id", "position"):
        qty = line.qty - line.cancelled_qty
        if qty:
            items[line.order_id].append({"name": line.description or line.sku_code, "qty": qty})
    drafts = [
        TrackedOrderDraft(
            order_key=row.key,
            order_number=row.number,
            email=row.email,
            phone=row.ship_phone,
            language=row.channel.language,
            first_name=row.ship_name.partition(" ")[0],
            city=row.ship_city,
            country=row.ship_country,
            brand=branding.shown(row.channel),
            items=tuple(items[row.pk]),
            status=row.status,
            promised_from_on=row.promised_from,
            promised_by_on=row.promised_by,
            placed_at=row.placed_at,
        )
        for row in rows
    ]
    if drafts:
        portal.publish_orders(drafts, at=max(fact.at for fact in facts))


def _count_orders(order_ids: Sequence[int], facts: Sequence[EventFact]) -> None:
    named = Order.objects.filter(pk__in=order_ids, customer__isnull=False)
    customers = sorted(set(named.values_list("customer_id", flat=True).order_by()))
    if not customers:
        return
    rows = (
        Order.objects.filter(customer_id__in=customers)
        .exclude(status=OrderStatus.DRAFT)
        .values_list("customer_id")
        .annotate(count=Count("pk"), first=Min("placed_at"), last=Max("placed_at"))
        .order_by()
    )
    figures = {customer: OrderFigures(count, first, last) for customer, count, first, last in rows}
    directory.keep_figures(figures, at=max(fact.at for fact in facts))
