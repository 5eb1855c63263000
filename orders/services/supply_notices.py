"""Tell the order desk and customers why an order waits, while supply is interrupted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from core import audit
from core.actors import Actor
from orders.models import SupplyNotice
from orders.services.allocation import waiting_orders
from orders.services.arrival_days import MOST_ORDERS

BATCH = 500


@dataclass(frozen=True, slots=True)
class SupplyWords:
    """What is said about one interruption; without Chinese words the English ones serve."""

    source_key: str
    text_en: str
    text_zh: str = ""


@transaction.atomic
def issue(
    words: SupplyWords, sku_ids: Collection[int], *, actor: Actor, at: dt.datetime
) -> list[int]:
    """Put the words on every order that waits for one of the SKUs; return the orders' ids.

    Idempotent by source and order. One audit entry for all of them.
    """
    order_ids = sorted(waiting_orders(sku_ids, limit=MOST_ORDERS))
    SupplyNotice.objects.bulk_create(
        [
            SupplyNotice(
                order_id=order_id,
                source_key=words.source_key,
                text_en=words.text_en,
                text_zh=words.text_zh,
                created_at=at,
            )
            for order_id in order_ids
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    audit.record(
        actor=actor,
        action="orders.supply_notice_issued",
        target=words.source_key,
        at=at,
        after={"orders": len(order_ids)},
    )
    return order_ids


@transaction.atomic
def withdraw(source_key: str, *, actor: Actor, at: dt.datetime) -> int:
    """Take the words of a source off all orders; return from how many. Repeatable."""
    rows = SupplyNotice.objects.filter(source_key=source_key, withdrawn_at__isnull=True)
    count = rows.update(withdrawn_at=at)
    if count:
        audit.record(
            actor=actor,
            action="orders.supply_notice_withdrawn",
            target=source_key,
            at=at,
            after={"orders": count},
        )
    return count


def words_of(order_id: int, language: str) -> str:
    """Return the newest words that count for an order, in a language, or an empty text."""
    rows = SupplyNotice.objects.filter(order_id=order_id, withdrawn_at__isnull=True)
    notice = rows.order_by("-created_at", "-pk").first()
    if notice is None:
        return ""
    return notice.text_zh if language.startswith("zh") and notice.text_zh else notice.text_en
