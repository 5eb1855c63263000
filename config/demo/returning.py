"""What comes back in the demo: returns in every state, through the services as in life.

Labels, mails and payments follow by the jobs once the server runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from core.actors import SYSTEM
from orders.models import Order, OrderLine
from orders.services import floor
from returns.domain import states
from returns.models import ReturnRequest
from returns.services import deciding, exchanges, floor_flow, progress, requesting
from returns.services.requesting import LineDraft, RequestDraft
from shipping.models import Parcel
from shipping.services import tracking
from shipping.services.tracking import TrackingDraft


@dataclass(frozen=True, slots=True)
class _Story:
    """One return: its reason, what the customer wants, and how far it has come."""

    reason: str
    play: Callable[[ReturnRequest, dt.datetime], None]
    resolution: str = "refund"
    method: str = "label"


def _waits(_row: ReturnRequest, _at: dt.datetime) -> None:
    """Leave it where the policy put it."""


def _is_under_way(row: ReturnRequest, at: dt.datetime) -> None:
    if row.status == states.REVIEW:
        deciding.approve(row.pk, actor=SYSTEM, at=at, reason="Known customer")
    progress.move(row.pk, "hand_over", actor=SYSTEM, at=at)


def _arrives(row: ReturnRequest, at: dt.datetime) -> None:
    _is_under_way(row, at)
    floor_flow.receive_all(row.pk, actor=SYSTEM, at=at)


def _is_as_new(row: ReturnRequest, at: dt.datetime) -> None:
    _arrives(row, at)
    floor_flow.inspect_all(row.pk, grade="A", actor=SYSTEM, at=at)


def _is_waste(row: ReturnRequest, at: dt.datetime) -> None:
    _arrives(row, at)
    floor_flow.inspect_all(row.pk, grade="D", actor=SYSTEM, at=at, note="Crushed")


def _is_cancelled(row: ReturnRequest, at: dt.datetime) -> None:
    deciding.cancel(row.pk, reason="Keeps it after all", actor=SYSTEM, at=at, by_customer=True)


STORIES = (
    _Story("TOO_SMALL", _waits),
    _Story("CHANGED_MIND", _waits, method="qr"),
    _Story("NOT_AS_DESCRIBED", _waits, "store_credit", "drop_off"),
    _Story("TOO_LARGE", _waits, "exchange"),
    _Story("QUALITY_BELOW", _is_under_way),
    _Story("CHANGED_MIND", _is_under_way, method="own"),
    _Story("TOO_SMALL", _arrives),
    _Story("QUALITY_BELOW", _arrives, "store_credit"),
    _Story("CHANGED_MIND", _is_as_new),
    _Story("NOT_AS_DESCRIBED", _is_as_new),
    _Story("QUALITY_BELOW", _is_waste),
    _Story("ORDERED_BY_MISTAKE", _is_cancelled),
)
#: Orders that arrived and that nobody sends back: the visitor's own to try.
KEPT = 12


def came_back(at: dt.datetime) -> int:
    """Deliver a part of what the shift shipped and send some of it back; return how many did."""
    orders = _delivered(len(STORIES) + KEPT, at)
    asked = 0
    for story, order in zip(STORIES, orders, strict=False):
        row = _ask(story, order, at)
        if row is not None:
            story.play(row, at)
            asked += 1
    return asked


def _delivered(most: int, at: dt.datetime) -> list[Order]:
    """Let whole orders arrive, one parcel report each; return them."""
    rows = Order.objects.filter(stage="shipped", is_history=False).exclude(
        shipments__status__in=("planned", "released", "picking", "packed")
    )
    orders = list(rows.order_by("pk").distinct()[:most])
    parcels = Parcel.objects.filter(order_key__in=[order.key for order in orders])
    tracking.record_events(
        [
            TrackingDraft(
                tracking_number=str(parcel.tracking_number),
                source_event_id=f"demo:{parcel.pk}:delivered",
                status="delivered",
                at=at,
                place=str(parcel.ship_to.get("city", "")),
            )
            for parcel in parcels.exclude(tracking_number=None).order_by("pk")
        ],
        at=at,
    )
    for order in orders:
        ids = list(order.shipments.order_by("pk").values_list("pk", flat=True))
        floor.deliver(ids, actor=SYSTEM, at=at)
    return orders


def _ask(story: _Story, order: Order, at: dt.datetime) -> ReturnRequest | None:
    line = OrderLine.objects.filter(order=order, kind="goods").order_by("position").first()
    if line is None:
        return None
    resolution, variant = story.resolution, None
    if resolution == "exchange":
        offers = exchanges.offers(line.pk, at=at)
        variant = offers[0].sku_id if offers else None
        resolution = "exchange" if variant else "refund"
    wish = LineDraft(line.pk, 1, resolution, story.reason, exchange_sku_id=variant)
    draft = RequestDraft(
        order.pk,
        (wish,),
        method=story.method,
        source="portal",
        submission_key=f"demo:{order.pk}",
    )
    return requesting.submit(draft, actor=SYSTEM, at=at)
