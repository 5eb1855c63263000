"""On which days a warehouse had nothing sellable of a SKU all day, read from the ledger."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Sum
from django.db.models.functions import TruncDate

from inventory.models import StockMove
from inventory.models.stock import Condition

#: (SKU id, warehouse id)
Place = tuple[int, int]
Span = tuple[dt.date, dt.date]


def read_spans(sku_ids: Collection[int], until: dt.date) -> dict[Place, list[Span]]:
    """Return the spans of whole days (UTC) without a sellable unit, until `until` inclusive.

    A SKU that a warehouse never had is not out of stock there. Good units count whatever order
    they wait for: the day is lost for sales when nothing good lies in the house. Two statements.
    """
    changes: dict[Place, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for side, condition, sign in (
        ("to_warehouse_id", "condition_to", 1),
        ("from_warehouse_id", "condition_from", -1),
    ):
        rows = (
            StockMove.objects.filter(
                sku_id__in=sku_ids, **{f"{side}__isnull": False, condition: Condition.GOOD}
            )
            .annotate(day=TruncDate("event__at", tzinfo=dt.UTC))
            .values_list("sku_id", side, "day")
            .annotate(units=Sum("qty"))
            .order_by("sku_id", side, "day")
        )
        for sku_id, warehouse_id, day, units in rows:
            changes[sku_id, warehouse_id][day] += sign * units
    return {
        place: spans
        for place, days in changes.items()
        if (spans := list(_spans(sorted(days.items()), until)))
    }


def _spans(days: Iterable[tuple[dt.date, int]], until: dt.date) -> Iterable[Span]:
    """Yield the whole days after stock ran out until the day before it came again."""
    level = 0
    empty_since: dt.date | None = None
    one = dt.timedelta(days=1)
    for day, change in days:
        if day > until:
            break
        if empty_since is not None and level + change > 0:
            if day - one >= empty_since:
                yield empty_since, day - one
            empty_since = None
        level += change
        if level <= 0 and empty_since is None:
            empty_since = day + one
    if empty_since is not None and empty_since <= until:
        yield empty_since, until
