"""Say that goods of suppliers come later, and that they come as dated again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit
from core.actors import Actor
from suppliers.models import SupplierSku, SupplyDelay
from suppliers.queries.eta import LaterArrival
from suppliers.services.agreement_errors import BadFigure
from suppliers.services.supplier_records import rank_goods


@transaction.atomic
def begin(delays: Sequence[LaterArrival], *, source_key: str, actor: Actor, at: dt.datetime) -> int:
    """Add days to the dated arrivals of suppliers until `end`; return how many began.

    Idempotent by source and supplier. The promises of waiting orders follow when they are dated.
    """
    rows = [
        SupplyDelay(
            supplier_id=one.supplier_id,
            mode=one.mode,
            warehouse_id=one.warehouse_id,
            days=one.days,
            source_key=source_key,
            began_at=at,
        )
        for one in delays
        if one.days
    ]
    known = set(
        SupplyDelay.objects.filter(source_key=source_key).values_list("supplier_id", flat=True)
    )
    fresh = [row for row in rows if row.supplier_id not in known]
    SupplyDelay.objects.bulk_create(fresh)
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "suppliers.supply_delay_began",
                f"supplier:{row.supplier_id}",
                at,
                after={"days": row.days, "mode": row.mode, "source": source_key},
            )
            for row in fresh
        ]
    )
    return len(fresh)


@transaction.atomic
def end(source_key: str, *, actor: Actor, at: dt.datetime) -> int:
    """End the delays of a source; return how many lasted until now. Repeatable."""
    rows = SupplyDelay.objects.filter(source_key=source_key, ended_at__isnull=True)
    supplier_ids = list(rows.order_by("supplier_id").values_list("supplier_id", flat=True))
    ended = rows.update(ended_at=at)
    audit.record_many(
        [
            audit.AuditDraft(
                actor,
                "suppliers.supply_delay_ended",
                f"supplier:{supplier_id}",
                at,
                after={"source": source_key},
            )
            for supplier_id in supplier_ids[:ended]
        ]
    )
    return ended


@transaction.atomic
def rank_first(
    goods_id: int, rank: int, *, expected_rank: int, actor: Actor, at: dt.datetime
) -> bool:
    """Move what a supplier sells of a SKU to a rank; say whether it stood at `expected_rank`.

    Locks all who sell the SKU. The others close up. With another rank nothing changes.

    Raises:
        BadFigure: there are no such goods.
    """
    found = SupplierSku.objects.filter(pk=goods_id).first()
    if found is None:
        raise BadFigure(what="Goods", value=goods_id)
    rows = SupplierSku.objects.select_for_update(no_key=True).filter(sku_id=found.sku_id)
    goods = {row.pk: row for row in rows.order_by("pk")}[goods_id]
    if goods.rank != expected_rank:
        return False
    rank_goods(goods, rank)
    audit.record(
        actor=actor,
        action="suppliers.goods_ranked",
        target=f"supplier:{goods.supplier_id}",
        at=at,
        before={"sku_id": goods.sku_id, "rank": expected_rank},
        after={"sku_id": goods.sku_id, "rank": rank},
    )
    return True
