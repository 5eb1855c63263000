"""The put-back screen's scans: the bin where the units now lie ends the task."""

from __future__ import annotations

import datetime as dt

from core.actors import Actor
from fulfillment.models import PutBackTask
from fulfillment.services import put_backs, resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin

#: Where units of a lot that must not be sold may be put.
APART = frozenset({"quarantine", "damaged"})


def _may_take(task: PutBackTask, target: Bin) -> bool:
    if task.lot is not None and task.lot.status != "good":
        return target.is_active and target.kind in APART
    return target.is_active and target.is_pickable


def scan(task: PutBackTask, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan: any pickable bin of the warehouse takes the units back.

    Units of a lot that is held or recalled go into quarantine.

    Raises:
        PutBackOpenElsewhere: somebody put them back meanwhile.
    """
    scanned = resolving.resolve(raw, warehouse_id=task.warehouse_id, sku_id=task.sku_id)
    wanted = task.to_bin.code if task.to_bin else ""
    if scanned.kind != "bin":
        return ScanAnswer(
            "reject", "SCAN_BIN_FIRST", {"scanned": scanned.value or raw[:64], "bin": wanted}
        )
    target = Bin.objects.get(warehouse_id=task.warehouse_id, code=scanned.value)
    if not _may_take(task, target):
        return ScanAnswer("reject", "WRONG_BIN", {"scanned": target.code, "bin": wanted})
    put_backs.confirm(task_id=task.pk, to_bin_id=target.pk, actor=actor, at=at)
    return ScanAnswer("complete", "PUT_BACK_OK", {"scanned": target.code}, next_key="next")
