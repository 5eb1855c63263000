"""Forecasts, decisions about them and events of the calendar, for the access matrix."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core import clock
from inventory.models import Warehouse
from planning.models import (
    DemandAnalogue,
    DemandEvent,
    ForecastOverride,
    MethodLock,
    SeriesOutlook,
)
from tests.access.objects import Objects, by_pk, kind
from tests.factories import demand
from tests.factories.forecasts import run_of
from tests.factories.inventory import make_sku

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)


def _line(code: str) -> SeriesOutlook:
    now, place = clock.now(), Warehouse.objects.get(code=code)
    number = next(_numbers)
    sku = make_sku(f"FORECAST-{number}")
    run = run_of({(sku, place): [5.0]}, from_on=demand.monday(now), at=now, mark=f"access-{number}")
    return SeriesOutlook.objects.create(
        sku=sku,
        warehouse=place,
        forecast=run.rows.get(),
        sold=[5.0] * 26,
        weekly=[5.0] * 12,
        total_qty=60,
        method="pooled",
        confidence=60,
        history_weeks=26,
        refreshed_at=now,
    )


def _decision(model: Any, **fields: Any) -> Callable[[str], Any]:
    def make(code: str) -> Any:
        line = _line(code)
        return model.objects.create(
            sku=line.sku,
            warehouse=line.warehouse,
            reason="access",
            author_key="test",
            created_at=clock.now(),
            **fields,
        )

    return make


def _each(world: World, make: Callable[[str], Any]) -> Objects:
    return by_pk(make(world.own_warehouse), make(world.foreign_warehouse))


@kind("forecast-line")
def _lines(world: World) -> Objects:
    return _each(world, _line)


@kind("forecast-override")
def _overrides(world: World) -> Objects:
    day = clock.now().date()
    days = {"from_on": day, "until_on": day, "expires_on": day + dt.timedelta(days=9)}
    return _each(world, _decision(ForecastOverride, week_qty=3, **days))


@kind("method-lock")
def _locks(world: World) -> Objects:
    return _each(world, _decision(MethodLock, method="TSB"))


@kind("likeness")
def _likenesses(world: World) -> Objects:
    return _each(world, _decision(DemandAnalogue))


def _event(kind_of: str) -> Callable[[str], Any]:
    day = clock.now().date()
    return _decision(DemandEvent, kind=kind_of, name="Fair", from_on=day, until_on=day)


@kind("odd-days")
def _odd_days(world: World) -> Objects:
    return _each(world, _event("odd_days"))


@kind("demand-event")
def _events(world: World) -> Objects:
    return _each(world, _event("event"))
