"""Flags, responses and deviations, for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

from core import clock, files
from inventory.models import StockLevel, Warehouse
from planning.models import DemandDeviation, RiskFlag, RiskResponse
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories.inventory import make_sku, put_stock

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


@kind("risk-flag")
def _flag(world: World) -> Objects:
    now = clock.now()
    flag = RiskFlag.objects.create(
        subject_kind="lane",
        subject_key=f"lane:rail:*:{next(_numbers)}",
        mode="rail",
        level="low",
        reason="Works on the line",
        from_on=now.date(),
        author_key="user:1",
        created_at=now,
    )
    return by_pk(flag)


def response(**more: object) -> RiskResponse:
    """Return an active response that has no steps."""
    fields = {
        "level": 1,
        "subject_kind": "country",
        "subject_key": f"country:{next(_numbers)}",
        "reason": "Flood",
        "declared_at": clock.now(),
        "declared_by": "user:1",
        **more,
    }
    return RiskResponse.objects.create(**fields)


@kind("risk-response")
def _response(world: World) -> Objects:
    return by_pk(response())


@kind("risk-report")
def _report(world: World) -> Objects:
    def reported(_principal: str) -> dict[str, object]:
        # Each test has a media folder of its own, so the file is written when it is asked for.
        stored = files.store(b"day\r\n", f"report-{next(_numbers)}.csv", "demand_report")
        return {"pk": response(level=3, subject_kind="days", file=stored).pk}

    return Objects(reported, None, {"pk": ABSENT})


def deviation(code: str) -> DemandDeviation:
    """Return a listed deviation at a warehouse."""
    return DemandDeviation.objects.create(
        sku=make_sku(f"DEV-{next(_numbers)}"),
        warehouse=Warehouse.objects.get(code=code),
        week_on=dt.date(2026, 3, 2),
        actual_qty=60,
        forecast_qty=40,
        low_qty=20,
        high_qty=70,
        share=0.5,
        verdict="listed",
        found_at=clock.now(),
    )


def buffered(code: str) -> StockLevel:
    """Return a level that keeps units back."""
    return put_stock(
        make_sku(f"BUF-{next(_numbers)}"), 9, warehouse=Warehouse.objects.get(code=code)
    )


@kind("stock-level")
def _level(world: World) -> Objects:
    return by_pk(buffered(world.own_warehouse), buffered(world.foreign_warehouse))


@kind("demand-deviation")
def _deviation(world: World) -> Objects:
    return by_pk(deviation(world.own_warehouse), deviation(world.foreign_warehouse))
