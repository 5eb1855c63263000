"""Date the promises of waiting orders by the arrivals they wait for (B-16, X05).

Goods on their way are given out in rank order. The promise at order time and promises that a
channel made stay; an order whose goods have no day keeps the promise it has.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction

from core import jobs, settings_store
from core.events import EventFact
from core.jobs import JobRun
from orders.domain import defaults, states
from orders.domain.backorder_days import Need, days_of, promise
from orders.models import Order, OrderLine, Shipment
from orders.models.orders import OrderStatus
from orders.services import allocation, promising
from suppliers.queries.eta import LaterArrival, arriving, skus_on

JOB: Final = "orders.date_waiting"
MOST_SKUS: Final = 200
MOST_ORDERS: Final = 20_000


def on_eta_changed(facts: list[EventFact]) -> None:
    """Queue a look at the promises of orders that wait for goods whose day moved."""
    sku_ids = skus_on({int(fact.payload["order_id"]) for fact in facts})
    waiting = sorted(
        set(_waiting_lines().filter(sku_id__in=sku_ids).values_list("sku_id", flat=True).order_by())
    )
    for start in range(0, len(waiting), MOST_SKUS):
        part = waiting[start : start + MOST_SKUS]
        jobs.enqueue(JOB, args={"sku_ids": " ".join(map(str, part))})


def run(job: JobRun, *, sku_ids: str = "", **_newer: Any) -> dict[str, int]:
    """Date the waiting orders of the SKU ids given (blank-separated), else all."""
    wanted = [int(word) for word in sku_ids.split()] or None
    return {"moved": date_waiting(sku_ids=wanted, at=job.now)}


def date_waiting(*, sku_ids: Collection[int] | None = None, at: dt.datetime) -> int:
    """Move the promises of waiting orders to when their goods can be there; return how many.

    Constant queries to find the days, then each order in a transaction of its own. Repeatable.
    """
    return date_orders(allocation.waiting_orders(sku_ids, limit=MOST_ORDERS), at=at)


def date_orders(ids: Sequence[int], *, at: dt.datetime) -> int:
    """Move the promises of these waiting orders; return how many moved. Repeatable."""
    days = _days(ids)
    return sum(_date(order_id, days[order_id], at) for order_id in ids if order_id in days)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A waiting order whose promise would move: from `before` (None: no day yet) to `after`."""

    order_id: int
    number: str
    before: dt.date | None
    after: dt.date


def foresee(sku_ids: Collection[int], later: Collection[LaterArrival] = ()) -> list[Foreseen]:
    """Return by order id the promises that dating would move; nothing is written.

    `later` are delays that nobody has entered yet. Constant queries.
    """
    days = _days(allocation.waiting_orders(sku_ids, limit=MOST_ORDERS), later)
    orders = _datable().filter(pk__in=list(days)).order_by("pk")
    parts: dict[int, list[dt.date]] = defaultdict(list)
    planned = _parts_of(list(days)).order_by("order_id", "pk")
    for order_id, day in planned.values_list("order_id", "promised_by"):
        if day is not None:
            parts[order_id].append(day)
    found = []
    for order in orders:
        by = _promise_of(order, days[order.pk], parts[order.pk])
        if by != order.promised_by:
            found.append(Foreseen(order.pk, order.number, order.promised_by, by))
    return found


@transaction.atomic
def move_back(order_id: int, *, expected: dt.date, before: dt.date | None, at: dt.datetime) -> bool:
    """Give a waiting order its earlier promise again; say whether it still stood at `expected`.

    Locks the order. Without an earlier promise, or with another one by now, nothing changes.
    """
    order = _datable().filter(pk=order_id).lock().first()
    if order is None or before is None or order.promised_by != expected:
        return False
    order.promised_by = before
    order.promised_from = min(order.promised_from or before, before)
    order.updated_at = at
    order.save(update_fields=["promised_from", "promised_by", "updated_at"])
    promising.note_revision(order, before=expected, at=at)
    return True


def _waiting_lines() -> Any:
    return OrderLine.objects.filter(backorder_qty__gt=0, order__status=OrderStatus.CONFIRMED)


def _datable() -> Any:
    return Order.objects.filter(
        status=OrderStatus.CONFIRMED, promise_is_external=False, is_history=False
    )


def _parts_of(order_ids: Collection[int]) -> Any:
    parts = Shipment.objects.filter(order_id__in=order_ids, promised_by__isnull=False)
    return parts.exclude(status=states.CANCELLED)


def _promise_of(order: Order, arrives_on: dt.date, parts: Iterable[dt.date | None]) -> dt.date:
    return promise(
        arrives_on,
        days=int(str(settings_store.get(defaults.DAYS_AFTER_ARRIVAL.name))),
        parts=[day for day in parts if day],
        first=order.promised_at_order_by,
    )


def _days(ids: Sequence[int], later: Collection[LaterArrival] = ()) -> dict[int, dt.date]:
    """Return by order id when the last of its waiting units arrives, where that is known.

    Others who wait for the same SKUs, and stand before in rank, take their units first.
    """
    rows = list(_waiting_lines().filter(order_id__in=ids).order_by("order_id", "position"))
    skus = {row.sku_id for row in rows if row.sku_id is not None}
    everyone = allocation.waiting_orders(skus, limit=MOST_ORDERS)
    needs: dict[int, list[Need]] = defaultdict(list)
    lines = _waiting_lines().filter(order_id__in=everyone, sku_id__in=skus)
    for row in lines.order_by("order_id", "position"):
        needs[row.order_id].append(Need(row.order_id, row.sku_id or 0, row.backorder_qty))
    ranked = [need for order_id in everyone for need in needs[order_id]]
    found = days_of(ranked, arriving(skus, later))
    return {order_id: day for order_id, day in found.items() if day is not None}


@transaction.atomic
def _date(order_id: int, arrives_on: dt.date, at: dt.datetime) -> bool:
    """Move one promise; say whether it moved. Locks the order."""
    order = _datable().filter(pk=order_id).lock().first()
    if order is None:
        return False
    parts = _parts_of([order_id]).order_by().values_list("promised_by", flat=True)
    by = _promise_of(order, arrives_on, parts)
    if by == order.promised_by:
        return False
    before = order.promised_by
    order.promised_by = by
    order.promised_from = min(order.promised_from or by, by)
    names = ["promised_from", "promised_by", "updated_at"]
    if order.promised_at_order_by is None:
        order.promised_at_order_from, order.promised_at_order_by = order.promised_from, by
        names += ["promised_at_order_from", "promised_at_order_by"]
    order.updated_at = at
    order.save(update_fields=names)
    promising.note_revision(order, before=before, at=at)
    return True
