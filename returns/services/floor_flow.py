"""A whole return through the floor in one call: undelivered parcels, counters, shown examples."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core.actors import Actor
from inventory.models import Bin
from returns.domain import grading
from returns.models import ArrivalCount, Inspection, ReturnArrival, ReturnLine, ReturnUnits
from returns.services import arriving, dispositions, inspecting
from returns.services.arriving import Came
from returns.services.inspecting import Finding


@transaction.atomic
def receive_all(
    request_id: int, *, warehouse_id: int | None = None, actor: Actor, at: dt.datetime
) -> ReturnArrival:
    """Take in a return exactly as announced, at its own warehouse or the given one.

    Raises:
        NothingCounted: nothing of it is awaited.
    """
    lines = list(ReturnLine.objects.filter(request_id=request_id).select_related("request"))
    request = lines[0].request
    place = warehouse_id or request.warehouse_id or 0
    count = ReturnArrival.objects.filter(request=request).count() + 1
    row = arriving.open_arrival(
        place, request.number, key=f"flow:{request.pk}:{count}", actor=actor, at=at
    )
    if not ArrivalCount.objects.filter(arrival=row).exists():
        for line in lines:
            left = line.qty - line.received_qty
            if line.kind == "expected" and line.sku_id and not line.is_kept and left > 0:
                arriving.count(row.pk, Came(line.sku_id, left), at=at)
    return arriving.finish(row.pk, actor=actor, at=at)


@transaction.atomic
def inspect_all(
    request_id: int, *, grade: str = "A", actor: Actor, at: dt.datetime, note: str = ""
) -> list[Inspection]:
    """Inspect everything of a return that waits, all of one grade; goods go where is proposed.

    Goods for sale go to the first bin that is offered; without one they are kept apart.
    """
    rows = ReturnUnits.objects.waiting().filter(line__request=request_id, stage="processing")
    found = []
    for units in rows.order_by("pk").select_related("sku__product", "lot", "bin__warehouse"):
        finding = _finding(units, grade, note, at)
        key = f"flow:{units.pk}:{units.processed_qty}"
        found.append(inspecting.inspect(units.pk, finding, key=key, actor=actor, at=at))
    return found


def _finding(units: ReturnUnits, grade: str, note: str, at: dt.datetime) -> Finding:
    disposition = dispositions.outlook(units, grade, at=at).proposed
    bin_id = None
    if disposition in grading.SELLABLE:
        bin_id = _bin_id(units, disposition)
        disposition = disposition if bin_id is not None else grading.QUARANTINE
    return Finding(grade, units.left_qty, disposition, bin_id, note=note)


def _bin_id(units: ReturnUnits, disposition: str) -> int | None:
    offered = dispositions.suggestions(units, disposition)
    rows = Bin.objects.filter(warehouse_id=units.bin.warehouse_id or 0, code__in=offered[:1])
    return rows.values_list("pk", flat=True).first()
