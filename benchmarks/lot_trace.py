"""`python -m benchmarks lot_trace [--moves 1000000]`: how long the trace of a lot takes.

On a PostgreSQL of its own: a ledger of so many moves, nine of ten of them departures to customers.
A small lot has a ten-thousandth of them, a common one a fiftieth, and the largest a fifth.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from typing import Any

from benchmarks import installation

SHARES = {"small": 10_000, "common": 50, "largest": 5}
REPEATS = 15


def main(arguments: list[str]) -> int:
    """Measure on a database of its own and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks lot_trace", description=__doc__)
    parser.add_argument("--moves", type=int, default=1_000_000)
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-lots"):
        print(json.dumps(measure(chosen.moves), indent=2))
    return 0


def measure(moves: int) -> dict[str, Any]:
    """Return milliseconds (median and worst of repeated calls) for lots of each size."""
    from inventory.queries.tracing import lot_departures, lot_trace  # noqa: PLC0415  # after setup()

    lots = _ledger(moves)
    figures: dict[str, Any] = {"moves": moves}
    for name, lot_id in lots.items():
        trace = lot_trace(lot_id)
        figures[name] = {
            "departed_lines": trace.departed_count,
            "departed_units": trace.departed_qty,
            "trace_ms": _timed(lambda lot_id=lot_id: lot_trace(lot_id)),
            "recall_ms": _timed(lambda lot_id=lot_id: lot_departures(lot_id)),
        }
    return figures


def _timed(call: Any) -> dict[str, float]:
    seconds = []
    for _repeat in range(REPEATS):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return {
        "median": round(1000 * statistics.median(seconds), 1),
        "worst": round(1000 * max(seconds), 1),
    }


def _ledger(moves: int) -> dict[str, int]:
    """Write the moves by SQL and return the lots by name; the ledger's own checks stay on."""
    from django.db import connection  # noqa: PLC0415

    from core.actors import SYSTEM  # noqa: PLC0415
    from inventory.domain.lines import ReceiveLine  # noqa: PLC0415
    from inventory.models import Bin, Lot, Sku, Warehouse  # noqa: PLC0415
    from inventory.services import stock  # noqa: PLC0415

    place = Warehouse.objects.create(code="LA", name="LA", country="US")
    shelf = Bin.objects.create(warehouse=place, code="A-01", kind="pick")
    sku = Sku.objects.create(code="JAM", name="Jam", lot_tracked=True, weight_g=300)
    names = [*SHARES, "rest"]
    stock.receive(
        [ReceiveLine(shelf.pk, sku.pk, 50, name) for name in names],
        event_key="bench",
        actor=SYSTEM,
        at=installation.AT,
    )
    lots = dict(Lot.objects.values_list("code", "pk"))
    case = "CASE " + " ".join(
        f"WHEN n %% {every} = {number} THEN {lots[name]}"
        for number, (name, every) in enumerate(SHARES.items())
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_stockevent (event_key, kind, actor_key, cause_key, reason, at)"
            " SELECT 'bench:' || n, 'dispatch', 'system', '', '', %s"
            " FROM generate_series(1, %s) n RETURNING id",
            [installation.AT, moves // 100],
        )
        first_event = min(row[0] for row in cursor.fetchall())
        cursor.execute(
            "INSERT INTO inventory_stockmove (event_id, sku_id, lot_id, condition_from,"
            " condition_to, from_bin_id, to_bin_id, qty, from_warehouse_id, to_warehouse_id,"
            f" owner_key) SELECT %s + n / 100, %s, {case} ELSE {lots['rest']} END, 'good', 'good',"
            " CASE WHEN n %% 10 = 9 THEN -1 ELSE %s END,"
            " CASE WHEN n %% 10 = 9 THEN %s ELSE -2 END, 1,"
            " CASE WHEN n %% 10 = 9 THEN NULL ELSE %s END,"
            " CASE WHEN n %% 10 = 9 THEN %s ELSE NULL END, 'shipment_line:' || n"
            " FROM generate_series(0, %s) n",
            [first_event, sku.pk, shelf.pk, shelf.pk, place.pk, place.pk, moves - 101],
        )
        cursor.execute("VACUUM ANALYZE inventory_stockmove")
    return {name: lots[name] for name in SHARES}
