"""`python -m benchmarks waves [--lines 5000]`: how long planning so many order lines takes.

On a PostgreSQL of its own: one building of 20 aisles with 40 places, 2,000 SKUs spread over them.
Planning (which bins, which tours) is measured alone, then the release and the writing of rounds.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

from benchmarks import installation, placing, workload
from benchmarks.workload import WAREHOUSES

AISLES, PLACES = 20, 40


def main(arguments: list[str]) -> int:
    """Measure on a database of its own and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks waves", description=__doc__)
    parser.add_argument("--lines", type=int, default=5_000)
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-waves") as place:
        print(json.dumps(measure(place, chosen.lines), indent=2))
    return 0


def measure(place: installation.Installation, lines: int) -> dict[str, Any]:
    """Return seconds of planning, of the release and of the rounds for a wave of `lines` lines."""
    from core.actors import SYSTEM  # noqa: PLC0415  # after django.setup()
    from fulfillment.models import PickRound  # noqa: PLC0415
    from fulfillment.services import rounds, wave_plans, waves  # noqa: PLC0415
    from fulfillment.services.wave_plans import Method  # noqa: PLC0415
    from inventory.models import Warehouse  # noqa: PLC0415

    work = workload.build(2 * lines)
    installation.empty_tables()
    _, skus = installation.master_data()
    racks = {code: _racks(Warehouse.objects.get(code=code)) for code in WAREHOUSES}
    _stock(work, racks, skus)
    placing.in_bulk(work, place.postmaster)
    home, shipments, count = _largest(lines)
    method = Method("cluster")
    begun = time.perf_counter()
    plan = wave_plans.plan_wave(home, shipments, method)
    planned = time.perf_counter()
    order = waves.WaveOrder(home, shipments, method.criteria())
    outcome = waves.release_wave(order=order, actor=SYSTEM, at=installation.AT)
    released = time.perf_counter()
    rounds.plan_rounds(outcome.wave.pk, actor=SYSTEM, at=installation.AT)
    ended = time.perf_counter()
    return {
        "lines": count,
        "orders": len(shipments),
        "stops": plan.estimate.lines,
        "plan_s": round(planned - begun, 2),
        "release_s": round(released - planned, 2),
        "rounds_s": round(ended - released, 2),
        "rounds": PickRound.objects.filter(wave=outcome.wave).count(),
        "walk_m": plan.walk_m,
        "saved_m": plan.saved_m,
        "saved_pct": round(100 * float(plan.estimate.saved_share), 1),
    }


def _racks(place: Any) -> list[int]:
    """Give a warehouse a measured building; return its bins."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from inventory.models import Bin  # noqa: PLC0415
    from inventory.services import layouts  # noqa: PLC0415
    from inventory.services.layouts import LayoutDraft, PlaceDraft  # noqa: PLC0415

    names = {
        f"{a:02d}-{p:02d}": PlaceDraft(a, p)
        for a in range(1, AISLES + 1)
        for p in range(1, PLACES + 1)
    }
    made = Bin.objects.bulk_create(
        Bin(warehouse=place, code=code, kind="pick", pick_sequence=turn)
        for turn, code in enumerate(names, 1)
    )
    layout = LayoutDraft(aisle_count=AISLES, places=PLACES)
    layouts.save_layout(place.pk, layout, actor=SYSTEM, at=installation.AT)
    layouts.save_places(place.pk, names, actor=SYSTEM, at=installation.AT)
    return [row.pk for row in made]


def _stock(work: Any, racks: dict[str, list[int]], skus: dict[int, int]) -> None:
    """Receive the workload's stock, each SKU into a rack of its own."""
    from core.actors import SYSTEM  # noqa: PLC0415
    from inventory.domain.lines import ReceiveLine  # noqa: PLC0415
    from inventory.services import stock  # noqa: PLC0415

    for code in WAREHOUSES:
        lines = [
            ReceiveLine(racks[code][sku * 7 % len(racks[code])], skus[sku], units)
            for (warehouse, sku), units in sorted(work.stock.items())
            if warehouse == code and units
        ]
        stock.receive(lines, event_key=f"bench:{code}", actor=SYSTEM, at=installation.AT)


def _largest(lines: int) -> tuple[int, list[int], int]:
    """Return the warehouse with the most lines to ship, shipments of it, and how many lines."""
    from django.db.models import Count  # noqa: PLC0415

    from orders.models import Shipment  # noqa: PLC0415

    ready = Shipment.objects.filter(status="planned", order__stage="routed")
    home = (
        ready.values("warehouse_id")
        .annotate(size=Count("lines"))
        .order_by("-size")
        .values_list("warehouse_id", flat=True)[0]
    )
    mine = ready.filter(warehouse_id=home).annotate(size=Count("lines")).order_by("pk")
    chosen, count = [], 0
    for pk, size in mine.values_list("pk", "size"):
        chosen.append(pk)
        count += size
        if count >= lines:
            break
    return home, chosen, count
