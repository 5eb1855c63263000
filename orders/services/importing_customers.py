"""Keep customers and their orders together: counts after an import, orders after a merge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Count, Max, Min, Q

from core.events import EventFact
from core.imports.kinds import ImportContext
from customers.domain.drafts import OrderFigures
from customers.services import directory
from orders.models import Order, ReturnFact

PART = 500


def count_orders_of_batch(context: ImportContext) -> int:
    """Count anew the orders of every customer that a batch gave one; return how many changed."""
    ids = Order.objects.filter(import_batch_id=context.batch_id, customer__isnull=False)
    return count_orders_of(ids.values_list("customer_id", flat=True).distinct(), at=context.at)


def count_orders_of(customer_ids: Iterable[int], *, at: dt.datetime) -> int:
    """Store number, first and last of the orders of these customers; cancelled ones don't count.

    A customer without orders gets 0. Returns how many customers changed.
    """
    ids = sorted(set(customer_ids))
    changed = 0
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        figures = dict.fromkeys(part, OrderFigures(0, None, None))
        figures.update(_figures(part))
        changed += directory.keep_figures(figures, at=at)
    return changed


def _figures(ids: Sequence[int]) -> dict[int, OrderFigures]:
    stands = ~Q(status="cancelled")
    rows = (
        Order.objects.filter(customer_id__in=ids)
        .values("customer_id")
        .annotate(
            count=Count("pk", filter=stands),
            first=Min("placed_at", filter=stands),
            last=Max("placed_at", filter=stands),
        )
        .order_by("customer_id")
    )
    return {
        row["customer_id"]: OrderFigures(row["count"], row["first"], row["last"]) for row in rows
    }


@transaction.atomic
def follow_merges(facts: list[EventFact]) -> None:
    """Listen to `customers.merged`: orders and returns of the absorbed customer go to the other."""
    for fact in facts:
        keep_id, absorb_id = int(fact.payload["keep_id"]), int(fact.payload["absorb_id"])
        Order.objects.filter(customer_id=absorb_id).update(customer_id=keep_id)
        ReturnFact.objects.filter(customer_id=absorb_id).update(customer_id=keep_id)
        count_orders_of([keep_id, absorb_id], at=fact.at)
