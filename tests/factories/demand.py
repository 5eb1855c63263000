"""Demand as the history keeps it, week by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from inventory.models import Sku, Warehouse
from orders.models import Channel
from planning.models import DemandHistory


def monday(now: dt.datetime) -> dt.date:
    """Return the Monday of a moment's week."""
    today = now.astimezone(dt.UTC).date()
    return today - dt.timedelta(days=today.weekday())


def sell(
    sku: Sku, place: Warehouse, weekly: Mapping[Channel, Sequence[int]], until: dt.date
) -> None:
    """Write demand of the weeks before the Monday `until`, oldest first, on their Wednesdays."""
    for channel, quantities in weekly.items():
        DemandHistory.objects.bulk_create(
            DemandHistory(
                sku=sku,
                warehouse=place,
                channel=channel,
                on=until - dt.timedelta(weeks=len(quantities) - week, days=-2),
                qty=qty,
                cleaned_qty=qty,
                value_amount=qty,
            )
            for week, qty in enumerate(quantities)
            if qty
        )
