"""What the floor found, for the page of a return."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.permissions import Principal
from returns.models import Inspection, ReturnLine, ReturnRequest, ReturnUnits


def part_of(rma: ReturnRequest, principal: Principal, now: dt.datetime) -> dict[str, Any] | None:
    """Return units that came with what was found on them; None before goods came. Three queries."""
    if rma.arrived_at is None:
        return None
    rows = list(
        ReturnUnits.objects.filter(line__request=rma)
        .select_related("arrival__warehouse", "sku", "lot", "bin", "line")
        .order_by("pk")
    )
    found: dict[int, list[Inspection]] = {}
    for row in Inspection.objects.filter(units__in=rows).select_related("to_bin", "to_sku"):
        found.setdefault(row.units_id, []).append(row)
    missing = ReturnLine.objects.filter(
        request=rma, kind="expected", state="open", received_qty=0, is_kept=False
    )
    return {
        "rows": [
            {"units": row, "found": sorted(found.get(row.pk, []), key=lambda one: one.pk)}
            for row in rows
        ],
        "missing": list(missing.select_related("sku").order_by("position"))
        if rma.status == ReturnRequest.Status.INSPECTED
        else [],
        "is_waiting": any(row.left_qty for row in rows),
        "today": now.date(),
    }
