"""A scan on the task home, the pack home or the dispatch home: it opens what it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from core.permissions import Principal
from fulfillment import queries
from fulfillment.models import Carton, Manifest, PickTask
from fulfillment.services import (
    count_desk,
    dock_desk,
    kit_desk,
    packing,
    round_desk,
    stations,
    transfer_desk,
    wall_desk,
)
from fulfillment.services.scan_desk import ScanAnswer

#: What else a code may open: each flow's own `f(code, principal) -> ScanAnswer | None`.
OPENERS: tuple[Callable[[str, Principal], ScanAnswer | None], ...] = (
    transfer_desk.open_by_code,
    kit_desk.open_by_code,
    count_desk.open_due,
    wall_desk.open_by_code,
)


def scan(raw: str, *, principal: Principal, at: dt.datetime, station_code: str = "") -> ScanAnswer:
    """Answer one scan: a tote opens its packing, a wave its walk, a manifest its loading.

    A carton opens on the bench of the device's own station, `station_code`.

    Raises:
        StepStopped, NotPicked: the tote's shipment can't be packed now.
    """
    code = "".join(raw.split()).upper()
    if code == "CMD-NEXT":
        return _next_task(principal)
    opened = round_desk.open_by_cart(code, principal=principal, at=at)
    if opened is not None:
        return opened
    shipment = queries.shipment_in_tote(principal, code)
    if shipment is not None:
        bench_id = stations.bench_at(shipment.warehouse_id, station_code)
        if bench_id is not None:
            carton = packing.open_carton(
                shipment_id=shipment.pk,
                station_bin_id=bench_id,
                actor=principal.actor,
                at=at,
            )
            return ScanAnswer("accept", "OPENED", {"scanned": code}, f"carton:{carton.pk}")
    for opens in (_opened, *OPENERS):
        answer = opens(code, principal)
        if answer is not None:
            return answer
    arrival = dock_desk.open_by_code(raw, principal=principal, at=at)
    if arrival is not None:
        return arrival
    return ScanAnswer("reject", "UNKNOWN_CODE", {"scanned": raw.strip()[:64], "wanted": "tote"})


def _next_task(principal: Principal) -> ScanAnswer:
    task = queries.next_pick(principal, principal.actor.key)
    if task is None:
        return ScanAnswer("warn", "NOTHING_TO_DO")
    return ScanAnswer("accept", "OPENED", next_key=f"pick_task:{task.pk}")


def _opened(code: str, principal: Principal) -> ScanAnswer | None:
    task = (
        PickTask.objects.visible_to(principal)
        .filter(wave__number=code, state="open", round=None)
        .order_by("sequence", "pk")
        .first()
    )
    if task is not None:
        return ScanAnswer("accept", "OPENED", {"scanned": code}, f"pick_task:{task.pk}")
    manifest = Manifest.objects.visible_to(principal).filter(number=code, state="open").first()
    if manifest is not None:
        return ScanAnswer("accept", "OPENED", {"scanned": code}, f"manifest:{manifest.pk}")
    carton = (
        Carton.objects.visible_to(principal)
        .filter(shipment__number=code)
        .exclude(state="voided")
        .order_by("-pk")
        .first()
    )
    if carton is not None:
        return ScanAnswer("accept", "OPENED", {"scanned": code}, f"carton:{carton.pk}")
    return None
