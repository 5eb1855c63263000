"""Read models of the order desk's screens; each costs a constant number of queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse

from core.models import AuditEntry
from core.searching import Group, Hit
from core.words import word
from inventory.models import BinReservation, Warehouse
from orders import words
from orders.models import (
    Order,
    OrderHold,
    OrderLine,
    RoutingDecision,
    Shipment,
    ShipmentLine,
    SupplyNotice,
)
from shipping.models import Parcel
from suppliers.queries.eta import next_arrivals

if TYPE_CHECKING:
    from core.permissions import Principal

STEPS = ("confirmed", "routed", "released", "picking", "packed", "shipped", "delivered")
CLOSED_STAGES = ("shipped", "delivered", "cancelled", "returned_part", "returned")
TIMELINE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class LineView:
    """One shipment line as the order page shows it: where from, which lot, how far."""

    line: OrderLine
    qty: int
    picked_qty: int
    reserved_qty: int
    places: tuple[tuple[str, str, dt.date | None], ...]
    shipment_line_id: int = 0
    short_qty: int = 0
    arrives_on: dt.date | None = None


@dataclass(slots=True)
class Part:
    """A shipment with its lines and parcels; None stands for units without one."""

    shipment: Shipment | None
    lines: list[LineView] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the order page shows."""

    order: Order
    parts: Sequence[Part]
    holds: Sequence[OrderHold]
    timeline: Sequence[dict[str, Any]]
    steps: Sequence[dict[str, Any]]
    unit_count: int
    picked_count: int
    refund_due: Decimal
    refunded: Decimal
    notices: Sequence[SupplyNotice] = ()


def index_rows(principal: Principal) -> QuerySet[Order]:
    """Return the orders of the index with what its cells need: three queries a page."""
    rows: QuerySet[Order] = (
        Order.objects.visible_to(principal)
        .select_related("channel", "customer")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.only("order_id", "qty", "cancelled_qty", "kind")),
            Prefetch(
                "shipments",
                Shipment.objects.exclude(status="cancelled").select_related("warehouse"),
            ),
        )
    )
    return rows


def unit_count(order: Order) -> int:
    """Return the units a customer ordered and did not cancel; components of kits don't count."""
    return sum(
        line.qty - line.cancelled_qty
        for line in order.lines.all()
        if line.kind not in {"component", "fee", "substitute"}
    )


def warehouse_codes(order: Order) -> str:
    """Return the warehouses an order ships from, such as `RTM + SZX`."""
    return " + ".join(dict.fromkeys(row.warehouse.code for row in order.shipments.all()))


def page_of(order: Order, *, now: dt.datetime) -> OrderPage:
    """Return the page of an order that was fetched with channel and customer.

    Nine queries, one more while units wait: for what customers are told about the supply.
    """
    lines = list(
        OrderLine.objects.filter(order=order).select_related("sku").order_by("position", "pk")
    )
    shipments = list(
        Shipment.objects.filter(order=order).select_related("warehouse").order_by("pk")
    )
    parts = _parts(order, lines, shipments)
    shown = [view for part in parts if part.shipment for view in part.lines]
    debts = list(order.refunds_due.values_list("state", "amount"))
    return OrderPage(
        order=order,
        parts=parts,
        holds=list(order.holds.filter(released_at=None).order_by("placed_at", "pk")),
        timeline=timeline_of(order, shipments),
        steps=steps_of(order),
        unit_count=sum(view.qty for view in shown),
        picked_count=sum(view.picked_qty for view in shown),
        refund_due=sum((amount for state, amount in debts if state == "open"), Decimal(0)),
        refunded=sum((amount for state, amount in debts if state == "paid"), Decimal(0)),
        notices=_notices(order) if any(line.backorder_qty for line in lines) else [],
    )


def _notices(order: Order) -> list[SupplyNotice]:
    rows = SupplyNotice.objects.filter(order=order, withdrawn_at__isnull=True)
    return list(rows.order_by("created_at", "pk"))


def _parts(order: Order, lines: Sequence[OrderLine], shipments: Sequence[Shipment]) -> list[Part]:
    by_line = {line.pk: line for line in lines}
    parts = {row.pk: Part(row) for row in shipments if row.status != "cancelled"}
    rows = list(
        ShipmentLine.objects.filter(shipment_id__in=list(parts)).order_by("shipment_id", "pk")
    )
    places = _places([row.key for row in rows])
    for row in rows:
        parts[row.shipment_id].lines.append(
            LineView(
                line=by_line[row.order_line_id],
                qty=row.qty,
                picked_qty=row.picked_qty,
                reserved_qty=row.reserved_qty,
                places=tuple(places.get(row.key, ())),
                shipment_line_id=row.pk,
                short_qty=row.qty - max(row.reserved_qty, row.picked_qty),
            )
        )
    keys = {row.key: row.pk for row in shipments}
    for parcel in (
        Parcel.objects.filter(owner_key__in=list(keys))
        .exclude(state="voided")
        .select_related("service")
        .order_by("pk")
    ):
        if keys[parcel.owner_key] in parts:
            parts[keys[parcel.owner_key]].parcels.append(parcel)
    waiting = _waiting([line for line in lines if line.backorder_qty])
    rest = _unplanned(lines, rows)
    found = list(parts.values())
    return [*found, Part(None, [*waiting, *rest])] if waiting or rest else found


def _waiting(lines: Sequence[OrderLine]) -> list[LineView]:
    days = next_arrivals({line.sku_id for line in lines if line.sku_id is not None})
    return [
        LineView(line, line.backorder_qty, 0, 0, (), arrives_on=days.get(line.sku_id or 0))
        for line in lines
    ]


def _unplanned(lines: Sequence[OrderLine], rows: Sequence[ShipmentLine]) -> list[LineView]:
    planned = {row.order_line_id for row in rows}
    return [
        LineView(line, line.qty - line.cancelled_qty - line.substituted_qty, 0, 0, ())
        for line in lines
        if line.pk not in planned
        and not line.backorder_qty
        and line.kind not in {"kit", "fee"}
        and line.qty > line.cancelled_qty + line.substituted_qty
    ]


def _places(keys: Sequence[str]) -> dict[str, list[tuple[str, str, dt.date | None]]]:
    found: dict[str, list[tuple[str, str, dt.date | None]]] = {}
    for claim in BinReservation.objects.filter(demand_key__in=keys).select_related(
        "bin_stock__bin", "bin_stock__lot"
    ):
        stock = claim.bin_stock
        lot = stock.lot
        entry = (lot.code if lot else "", stock.bin.code, lot.expires_on if lot else None)
        if entry not in found.setdefault(claim.demand_key, []):
            found[claim.demand_key].append(entry)
    return found


def steps_of(order: Order) -> list[dict[str, Any]]:
    """Return the step bar: each step with done, now or todo."""
    stage = {"new": "confirmed", "attention": "confirmed", "held": "confirmed"}.get(
        order.stage, order.stage
    )
    at = STEPS.index(stage) if stage in STEPS else -1
    return [
        {
            "text": word("order", step).text,
            "state": "done" if i < at else "now" if i == at else "todo",
        }
        for i, step in enumerate(STEPS)
    ]


def timeline_of(order: Order, shipments: Sequence[Shipment]) -> list[dict[str, Any]]:
    """Return what happened to an order and its shipments, the newest first. One query."""
    where = Q(target_kind="order", target_id=order.pk)
    if shipments:
        where |= Q(target_kind="shipment", target_id__in=[row.pk for row in shipments])
    return _timeline(where)


def subscription_timeline(subscription_id: int) -> list[dict[str, Any]]:
    """Return what happened to a subscription, the newest first. One query."""
    return _timeline(Q(target_kind="subscription", target_id=subscription_id))


def _timeline(where: Q) -> list[dict[str, Any]]:
    entries = AuditEntry.objects.filter(where).order_by("-pk")[:TIMELINE_LENGTH]
    return [_entry(entry) for entry in entries]


def _entry(entry: AuditEntry) -> dict[str, Any]:
    fallback = entry.action.partition(".")[2].replace("_", " ").capitalize()
    glyph, text = words.TIMELINE.get(entry.action, ("circle-dot", fallback))
    after = entry.after or {}
    kind = str(after.get("kind") or after.get("hold") or "")
    shown = f"{text}: {words.reason(kind)}" if kind else str(text)
    note = f"“{entry.reason}”" if entry.reason else ""
    return {
        "glyph": glyph,
        "text": f"{shown} {note}".strip(),
        "at": entry.at,
        "meta": entry.actor_label,
    }


def attention_groups(principal: Principal) -> list[tuple[str, str, str, int]]:
    """Return (code, name, advice, orders) of what stops orders, most orders first. Two queries."""
    counts: dict[str, int] = {}
    for codes in attention_rows(principal).values_list("attention_codes", flat=True):
        for code in codes or ["NO_ROUTE"]:
            base = code.partition(":")[0]
            counts[base] = counts.get(base, 0) + 1
    for kind in OrderHold.objects.filter(
        released_at=None, order__in=held_rows(principal)
    ).values_list("kind", flat=True):
        counts[kind] = counts.get(kind, 0) + 1
    rows = [(code, words.reason(code), words.advice(code), n) for code, n in counts.items()]
    return sorted(rows, key=lambda row: (-row[3], row[0]))


def attention_rows(principal: Principal) -> QuerySet[Order]:
    """Return the orders that need a person."""
    rows: QuerySet[Order] = Order.objects.visible_to(principal).filter(
        stage="attention", is_history=False
    )
    return rows


def held_rows(principal: Principal) -> QuerySet[Order]:
    """Return the orders on hold."""
    rows: QuerySet[Order] = Order.objects.visible_to(principal).filter(
        stage="held", is_history=False
    )
    return rows


def latest_decision(order: Order) -> RoutingDecision | None:
    """Return the decision in force, or None for an order that was never routed."""
    return RoutingDecision.objects.filter(order=order).order_by("-pk").first()


def warehouses(principal: Principal) -> QuerySet[Warehouse]:
    """Return the warehouses a person may route to."""
    rows: QuerySet[Warehouse] = Warehouse.objects.visible_to(principal).filter(is_active=True)
    return rows.order_by("code")


def attention_count(principal: Principal) -> int | None:
    """Return the number beside Orders in the rail: what needs a person."""
    return attention_rows(principal).count() or None


def search(principal: Principal, text: str, limit: int) -> Group:
    """Return the orders that a search finds: number, channel's id, e-mail or name. One query."""
    if not principal.may("orders.view"):
        return Group(str(words.ORDERS), [])
    hits = [
        Hit(
            kind="order",
            title=order.number,
            text=f"{order.ship_name} · {order.external_id}",
            url=reverse("order", args=[order.pk]),
            glyph="shopping-bag",
            is_exact=text.upper() in {order.number.upper(), order.external_id.upper()},
        )
        for order in Order.objects.visible_to(principal).search(text).order_by("-pk")[:limit]
    ]
    return Group(str(words.ORDERS), hits)
