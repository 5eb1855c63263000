"""`python -m benchmarks planning-review [--sizes 1000 10000]`: a review with its database.

On a PostgreSQL of its own (fsync on), one per size. Half of the SKU-warehouses need something, a
fifth is on order; each SKU has a list price with a break, a supplier with two modes, a forecast of
12 weeks. Timed: the first review, which writes every cover and proposal; the next day's, which
writes over all of them; and a repeat of that, which finds that nothing has changed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from benchmarks import installation

SIZES = (1_000, 10_000)
SUPPLIERS = 50
WAREHOUSES = ("LAX", "DAL")
NOW = dt.datetime(2026, 11, 16, 4, 0, tzinfo=dt.UTC)


def main(arguments: list[str]) -> int:
    """Measure each size on a database of its own and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks planning-review", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    chosen = parser.parse_args(arguments)
    with installation.installed("bench-review"):
        found = []
        for size in chosen.sizes:
            _empty()
            found.append(measure(size))
    print(json.dumps(found, indent=2))
    return 0


def measure(size: int) -> dict[str, Any]:
    """Return seconds by part, statements and peak memory of the reviews of one size."""
    _prepare(size)
    return {
        "sku_warehouses": size,
        "first": _timed(NOW),
        "next_day": _timed(NOW + dt.timedelta(days=1)),
        "unchanged": _timed(NOW + dt.timedelta(days=1, minutes=5)),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _timed(now: dt.datetime) -> dict[str, Any]:
    from django.db import connection  # noqa: PLC0415  # after django.setup()
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from planning.services import replenishment  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        begin, cpu = time.perf_counter(), time.process_time()
        run = replenishment.review(as_of=now, now=now)
        seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    parts = {name: value for name, value in run.figures.items() if name.endswith("_seconds")}
    known = round(sum(parts.values()), 3)
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        **parts,
        "write_seconds": round(max(0.0, seconds - known), 2),
        "statements": len(queries),
        **{name: run.figures[name] for name in ("new", "changed", "unchanged", "lapsed")},
    }


def _empty() -> None:
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    named = ("inventory", "suppliers", "planning")
    tables = [
        model._meta.db_table for name in named for model in apps.get_app_config(name).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(tables)} restart identity cascade")


def _prepare(size: int) -> None:
    from inventory.models import Sku, Warehouse  # noqa: PLC0415
    from suppliers.models import Supplier, SupplierLeadTime  # noqa: PLC0415

    places = Warehouse.objects.bulk_create(
        Warehouse(code=code, name=code, country="US") for code in WAREHOUSES
    )
    suppliers = Supplier.objects.bulk_create(
        Supplier(code=f"SUP{n}", name=f"Supplier {n}", currency="USD", country="CN")
        for n in range(SUPPLIERS)
    )
    SupplierLeadTime.objects.bulk_create(
        SupplierLeadTime(supplier=one, mode=mode, agreed_days=days)
        for one in suppliers
        for mode, days in (("sea", 35), ("air", 8))
    )
    skus = Sku.objects.bulk_create(
        Sku(
            code=f"SKU-{n:05d}",
            name=f"Goods {n}",
            weight_g=200 + n % 700,
            list_price=Decimal(20 + n % 30),
            currency="USD",
        )
        for n in range(size // len(places))
    )
    _terms(skus, suppliers)
    _stock(skus, places)
    _forecasts(skus, places)
    _orders(skus, places, suppliers)


def _terms(skus: Sequence[Any], suppliers: Sequence[Any]) -> None:
    from suppliers.models import ListPrice, SupplierSku  # noqa: PLC0415

    goods = SupplierSku.objects.bulk_create(
        SupplierSku(
            supplier=suppliers[n % len(suppliers)], sku=sku, multiple_qty=12, currency="USD"
        )
        for n, sku in enumerate(skus)
    )
    ListPrice.objects.bulk_create(
        ListPrice(supplier_sku=one, min_qty=least, unit_price=price, valid_from=dt.date(2026, 1, 1))
        for one in goods
        for least, price in ((1, Decimal(9)), (240, Decimal("8.7")))
    )


def _stock(skus: Sequence[Any], places: Sequence[Any]) -> None:
    """Write levels and cost layers: from nothing to 200 days of cover."""
    from inventory.models import CostLayer, StockLevel  # noqa: PLC0415

    StockLevel.objects.bulk_create(
        StockLevel(warehouse=place, sku=sku, on_hand=_on_hand(n, m))
        for n, sku in enumerate(skus)
        for m, place in enumerate(places)
    )
    CostLayer.objects.bulk_create(
        CostLayer(
            sku=sku,
            warehouse=place,
            qty=_on_hand(n, m),
            remaining_qty=_on_hand(n, m),
            unit_cost=Decimal(9),
            currency="USD",
            received_at=NOW,
        )
        for n, sku in enumerate(skus)
        for m, place in enumerate(places)
        if _on_hand(n, m)
    )


def _rate(n: int, m: int) -> float:
    return 0.3 + (n * 37 + m * 11) % 40 / 10


def _on_hand(n: int, m: int) -> int:
    return int(_rate(n, m) * ((n * 13 + m * 29) % 120))


def _forecasts(skus: Sequence[Any], places: Sequence[Any]) -> None:
    from planning.models import Forecast, ForecastRun  # noqa: PLC0415

    run = ForecastRun.objects.create(
        as_of=NOW,
        from_on=NOW.date(),
        horizon_weeks=12,
        input_weeks=104,
        method="bench",
        inputs_hash="bench",
        series=len(skus) * len(places),
        created_at=NOW,
    )
    Forecast.objects.bulk_create(
        (
            Forecast(
                run=run,
                sku=sku,
                warehouse=place,
                kind="regular",
                typical_week=7 * _rate(n, m),
                mean_qty=84 * _rate(n, m),
                variance=300 * _rate(n, m),
                low_qty=0,
                high_qty=200 * _rate(n, m),
                confidence=70,
                weekly=[7 * _rate(n, m)] * 12,
                terms={"mean_of_8_weeks": 7 * _rate(n, m)},
            )
            for n, sku in enumerate(skus)
            for m, place in enumerate(places)
        ),
        batch_size=2000,
    )


def _orders(skus: Sequence[Any], places: Sequence[Any], suppliers: Sequence[Any]) -> None:
    """Put a fifth of the SKUs on order, at the first warehouse."""
    from suppliers.models import PurchaseLine, PurchaseOrder  # noqa: PLC0415

    orders = PurchaseOrder.objects.bulk_create(
        PurchaseOrder(
            number=f"PO-R{n}",
            supplier=one,
            warehouse=places[0],
            currency="USD",
            fx_rate=Decimal(1),
            state="sent",
            expected_on=NOW.date() + dt.timedelta(days=n % 40),
            created_at=NOW,
            created_by="system",
            submitted_at=NOW,
            approved_at=NOW,
            approved_by="system",
            approval_hash="0" * 64,
            sent_at=NOW,
            sent_revision=1,
            total_base_amount=Decimal(0),
        )
        for n, one in enumerate(suppliers)
    )
    PurchaseLine.objects.bulk_create(
        PurchaseLine(
            order=orders[n % len(orders)],
            position=n + 1,
            sku=sku,
            raw_need_qty=60,
            qty=60,
            unit_price=Decimal(9),
            quoted_price=Decimal(9),
            price_source="LIST",
        )
        for n, sku in enumerate(skus)
        if n % 5 == 0
    )
