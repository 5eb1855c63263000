"""The computed segment of customers; one that a person gave is left alone."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import transaction

from customers.models import Customer

BATCH = 500


@transaction.atomic
def keep_segments(
    segments: Mapping[int, str], *, computed: Collection[str], at: dt.datetime
) -> int:
    """Store the segment of each customer (by id); returns how many changed.

    Only a customer whose segment is empty or one of `computed` is changed, so that a typed or
    imported word like VIP stays. One conditional statement for each 500 customers of a segment;
    a repeat changes nothing.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for customer_id, name in segments.items():
        by_name[name].append(customer_id)
    changed = 0
    for name, ids in sorted(by_name.items()):
        own = ["", *(other for other in sorted(computed) if other != name)]
        for start in range(0, len(ids), BATCH):
            rows = Customer.objects.filter(pk__in=sorted(ids)[start : start + BATCH])
            changed += rows.filter(segment__in=own).update(segment=name, updated_at=at)
    return changed
