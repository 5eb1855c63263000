"""What answers do to a locked purchase order: guard it, confirm it, move its expected day."""

from __future__ import annotations

import datetime as dt

from core.events import publish
from suppliers.domain import purchase_states
from suppliers.models import AsnLine, Milestone, PurchaseLine, PurchaseOrder
from suppliers.services import purchase_rows
from suppliers.services.answer_errors import NotAnswerable, StaleOrder


def check_answerable(order: PurchaseOrder, revision: int) -> None:
    """Refuse answers to another revision than the one at the supplier, and to ended orders.

    Raises:
        StaleOrder: the order is being changed, or was since.
        NotAnswerable: goods came already, or the order ended.
    """
    if order.state in ("partly_received", "received", "closed", "cancelled"):
        raise NotAnswerable(number=order.number)
    if order.revision != revision or order.sent_revision != revision:
        raise StaleOrder(number=order.number)
    if order.state not in (purchase_states.SENT, purchase_states.CONFIRMED):
        raise StaleOrder(number=order.number)


def confirm_if_complete(order: PurchaseOrder, *, at: dt.datetime) -> bool:
    """Move the locked order to confirmed once every line is; say whether it is now."""
    if order.lines.filter(confirmed_qty=None).exists():
        return False
    if order.state == purchase_states.SENT:
        state = purchase_rows.move(order, "confirm")
        purchase_rows.save(order, state=state, confirmed_at=at)
        publish(
            "suppliers.confirmed", target=f"purchase_order:{order.pk}", at=at, order_id=order.pk
        )
    return True


def renew_eta(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Keep the day the last goods are expected, and tell who waits for any of them (B-16).

    The latest of what announced shipments and, for what none announces, confirmations say. Told
    also when only an earlier line moved. The caller holds the lock of the order.
    """
    days = [day for day in _expected_days(order) if day is not None]
    if not days:
        return
    if max(days) != order.expected_on:
        purchase_rows.save(order, expected_on=max(days))
        Milestone.objects.filter(order=order, kind="delivery", actual_on=None).update(
            planned_on=max(days)
        )
    publish(
        "suppliers.eta_changed",
        target=f"purchase_order:{order.pk}",
        at=at,
        order_id=order.pk,
        warehouse_id=order.warehouse_id,
        on=max(days).isoformat(),
    )


def follow_shipments(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Count what is announced on the locked order's lines and move its expected day along."""
    announced = announced_units(order)
    lines = list(order.lines.order_by("position"))
    for line in lines:
        line.shipped_qty = announced.get(line.pk, 0)
    PurchaseLine.objects.bulk_update(lines, ["shipped_qty"], batch_size=200)
    if order.state not in (purchase_states.RECEIVED, *purchase_states.OVER):
        renew_eta(order, at=at)


def announced_units(order: PurchaseOrder, *, without_asn: int | None = None) -> dict[int, int]:
    """Return the units by purchase line that living shipments announce, lost ones left out."""
    rows = AsnLine.objects.filter(purchase_line__order=order).exclude(asn__state="cancelled")
    if without_asn is not None:
        rows = rows.exclude(asn_id=without_asn)
    found: dict[int, int] = {}
    for line_id, announced, short in rows.values_list(
        "purchase_line_id", "announced_qty", "short_qty"
    ):
        if line_id is not None:
            found[line_id] = found.get(line_id, 0) + max(0, (announced or 0) - short)
    return found


def _expected_days(order: PurchaseOrder) -> list[dt.date | None]:
    announced = announced_units(order)
    lines: list[PurchaseLine] = list(order.lines.order_by("position"))
    open_days = [
        line.confirmed_on for line in lines if announced.get(line.pk, 0) < line.qty - line.short_qty
    ]
    rows = order.arrivals.filter(state__in=("announced", "arrived", "receiving"))
    return [*open_days, *rows.order_by("pk").values_list("expected_on", flat=True)]
