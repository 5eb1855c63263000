"""Sixteen processes reserve the same stock at once: nothing may be promised twice (X01).

    python -m benchmarks.oversell [--attempts 100000] [--processes 16] [--unguarded] [--json]

Four mixes, a quarter of the attempts each: one hot SKU, 100 SKUs, multi-line orders in random
order, kits that share a part. Stock covers about a quarter of what is asked. Every process has its
own connection and calls `inventory.services.reservations.reserve`. `--unguarded` takes the lock
and the guard out: the control that must oversell.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

AT = dt.datetime(2026, 11, 16, 9, 0, tzinfo=dt.UTC)
MIXES = ("hot", "hundred", "lines", "kits")


@dataclass(slots=True)
class Tally:
    """What one process saw: attempts, promises, clean refusals, and errors by name."""

    attempts: int = 0
    reserved: int = 0
    refused: int = 0
    errors: dict[str, int] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Count another process's tally in."""
        self.attempts += other.attempts
        self.reserved += other.reserved
        self.refused += other.refused
        for name, count in other.errors.items():
            self.errors[name] = self.errors.get(name, 0) + count


@dataclass(slots=True)
class Report:
    """The run's result: `oversold` units over all levels, `drift` rows of `check_stock`."""

    attempts: int
    processes: int
    guarded: bool
    seconds: float
    reserved: int
    refused: int
    oversold: int
    drift: int
    errors: dict[str, int]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The stock of one mix: level SKU ids of one warehouse, and the parts of its kits."""

    warehouse_id: int
    sku_ids: tuple[int, ...]
    kits: tuple[tuple[tuple[int, int], ...], ...] = ()


def stock_up(attempts: int) -> dict[str, Shelf]:
    """Receive the stock of every mix; about a quarter of the attempts can be served."""
    from core.actors import SYSTEM  # noqa: PLC0415  # after django.setup()
    from inventory.domain.lines import ReceiveLine  # noqa: PLC0415
    from inventory.models import Bin, Sku, Warehouse  # noqa: PLC0415
    from inventory.services import stock  # noqa: PLC0415

    each = max(1, attempts // len(MIXES))
    tag = f"{time.time_ns():x}"
    site = Warehouse.objects.create(code=f"OS-{tag}", name="Oversell")
    place = Bin.objects.create(warehouse=site, code="A-1")
    sizes = {"hot": 1, "hundred": 100, "lines": 100, "kits": 21}
    share = {"hot": each // 4, "hundred": each // 400, "lines": each // 130, "kits": each // 40}
    shelves = {}
    for mix in MIXES:
        skus = Sku.objects.bulk_create(
            [Sku(code=f"{mix}-{tag}-{number}", name=mix) for number in range(sizes[mix])]
        )
        ids = tuple(sku.pk for sku in skus)
        # The shared part of the kits is the scarce one.
        units = {pk: max(1, share[mix]) for pk in ids}
        if mix == "kits":
            units[ids[0]] = max(2, each // 2)
        stock.receive(
            [ReceiveLine(place.pk, pk, qty) for pk, qty in units.items()],
            event_key=f"oversell:{tag}:{mix}",
            actor=SYSTEM,
            at=AT,
        )
        kits = tuple(((ids[0], 2), (pk, 1)) for pk in ids[1:]) if mix == "kits" else ()
        shelves[mix] = Shelf(site.pk, ids, kits)
    return shelves


def wants(mix: str, shelf: Shelf, rng: random.Random) -> list[tuple[int, int]]:
    """Return the (SKU id, units) of one attempt."""
    if mix == "hot":
        return [(shelf.sku_ids[0], 1)]
    if mix == "hundred":
        return [(rng.choice(shelf.sku_ids), 1)]
    if mix == "lines":
        return [(pk, rng.randint(1, 2)) for pk in rng.sample(shelf.sku_ids, rng.randint(2, 4))]
    return list(rng.choice(shelf.kits))


def compete(
    number: int, shelves: dict[str, Shelf], attempts: int, guarded: bool, gate: object
) -> Tally:
    """Make this process's attempts, the mixes interleaved; never stop at a refusal."""
    from django.db import DatabaseError, connection  # noqa: PLC0415

    from core.actors import SYSTEM  # noqa: PLC0415
    from core.errors import DomainError  # noqa: PLC0415
    from inventory.domain.demand import Demand  # noqa: PLC0415
    from inventory.services import level_sql, reservations  # noqa: PLC0415

    if not guarded:
        level_sql.LOCK = level_sql.GUARD = ""
        plan = reservations.plan_groups

        def dawdle(*given: object) -> object:
            planned = plan(*given)  # type: ignore[arg-type]  # passed on as they came
            time.sleep(0.003)  # between reading and writing, so that the control never misses
            return planned

        reservations.plan_groups = dawdle  # type: ignore[assignment]  # same signature
    rng = random.Random(number)
    tally = Tally()
    connection.ensure_connection()
    gate.wait()  # type: ignore[attr-defined]  # a Barrier of multiprocessing
    for attempt in range(attempts):
        mix = MIXES[attempt % len(MIXES)]
        shelf = shelves[mix]
        key = f"os:{shelf.sku_ids[0]}:{number}:{attempt}"
        demands = [
            Demand(f"{key}:{place}", shelf.warehouse_id, sku_id, qty)
            for place, (sku_id, qty) in enumerate(wants(mix, shelf, rng))
        ]
        tally.attempts += 1
        try:
            reservations.reserve(demands, event_key=key, actor=SYSTEM, at=AT)
            tally.reserved += 1
        except reservations.InsufficientStock:
            tally.refused += 1
        except (DomainError, DatabaseError) as error:
            name = type(error).__name__
            tally.errors[name] = tally.errors.get(name, 0) + 1
    connection.close()
    return tally


def _process(
    number: int,
    shelves: dict[str, Shelf],
    attempts: int,
    guarded: bool,
    gate: object,
    answers: object,
) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    answers.put(compete(number, shelves, attempts, guarded, gate))


def run(attempts: int, processes: int, *, guarded: bool = True) -> Report:
    """Stock up, let the processes compete, and count what was promised twice.

    Call it after `django.setup()` on PostgreSQL, outside a transaction.
    """
    from django.db import connections  # noqa: PLC0415

    from inventory.services import checking  # noqa: PLC0415

    shelves = stock_up(attempts)
    connections.close_all()
    context = multiprocessing.get_context("fork")
    gate, answers = context.Barrier(processes + 1), context.Queue()
    shares = [attempts // processes + (n < attempts % processes) for n in range(processes)]
    workers = [
        context.Process(
            target=_process, args=(n, shelves, shares[n], guarded, gate, answers), daemon=True
        )
        for n in range(processes)
    ]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.monotonic()
    total = Tally()
    for _worker in workers:
        total.add(answers.get(timeout=1200))
    seconds = time.monotonic() - started
    for worker in workers:
        worker.join(30)
    return Report(
        total.attempts,
        processes,
        guarded,
        round(seconds, 1),
        total.reserved,
        total.refused,
        oversold_units(shelves.values()),
        len(checking.check()),
        total.errors,
    )


def oversold_units(shelves: Sequence[Shelf] | object) -> int:
    """Return the units promised beyond what is there, by the promises themselves."""
    from django.db.models import Sum  # noqa: PLC0415

    from inventory.models import Reservation, StockLevel  # noqa: PLC0415

    oversold = 0
    for shelf in shelves:  # type: ignore[attr-defined]  # any iterable of shelves
        promised = dict(
            Reservation.objects.pending()
            .filter(level__warehouse_id=shelf.warehouse_id, level__sku_id__in=shelf.sku_ids)
            .order_by()
            .values_list("level_id")
            .annotate(units=Sum("qty"))
        )
        levels = StockLevel.objects.filter(
            warehouse_id=shelf.warehouse_id, sku_id__in=shelf.sku_ids
        )
        for pk, on_hand in levels.values_list("pk", "on_hand"):
            oversold += max(0, promised.get(pk, 0) - on_hand)
    return oversold


def main() -> int:
    """Run on a cluster of its own with fsync on; exit 1 when a unit was promised twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--unguarded", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    from benchmarks.installation import installed  # noqa: PLC0415

    with installed("oversell"):
        report = run(asked.attempts, asked.processes, guarded=not asked.unguarded)
    if asked.json:
        print(json.dumps(asdict(report)))
    else:
        for name, value in asdict(report).items():
            print(f"{name:10} {value}")
    return int(bool(report.oversold or report.errors or report.drift))


if __name__ == "__main__":
    sys.exit(main())
