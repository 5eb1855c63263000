"""Decisions about planning, as rows."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from core import clock
from inventory.models import Sku, Warehouse
from planning.domain.what_if import Scenario
from planning.models import BandOverride, DemandEvent, SeasonPlan, SkuPolicy, WhatIfRun
from tests.factories import purchases as buy

_numbers = itertools.count(1)


def sku_policy(sku: Sku, place: Warehouse | None = None, **fields: Any) -> SkuPolicy:
    """Return a decision of user 1 without a last day."""
    given = {"reason": "tested", "author_key": "user:1", "created_at": clock.now(), **fields}
    return SkuPolicy.objects.create(sku=sku, warehouse=place, **given)


def band(sku: Sku, place: Warehouse, **fields: Any) -> BandOverride:
    """Return a red color set by user 1 for two weeks."""
    now = clock.now()
    given = {
        "band": "red",
        "reason": "fair",
        "author_key": "user:1",
        "created_at": now,
        "expires_on": now.date() + dt.timedelta(days=14),
        **fields,
    }
    return BandOverride.objects.create(sku=sku, warehouse=place, **given)


def season(from_on: dt.date, **fields: Any) -> DemandEvent:
    """Return a season of three months that sells 2.8 times as much."""
    given = {
        "kind": "season",
        "name": f"Summer {next(_numbers)}",
        "until_on": from_on + dt.timedelta(days=91),
        "factor": Decimal("2.8"),
        "author_key": "user:1",
        "created_at": clock.now(),
        **fields,
    }
    return DemandEvent.objects.create(from_on=from_on, **given)


def season_plan(place: Warehouse, code: str, from_on: dt.date) -> SeasonPlan:
    """Return an open plan of three batches with a supplier."""
    number = next(_numbers)
    trade = buy.trade(place=place, code=f"SEAS-{number}")
    sku = buy.goods(trade, code)
    batch = [{"on": from_on.isoformat(), "qty": 10}] * 3
    return SeasonPlan.objects.create(
        event=season(from_on),
        sku=sku,
        warehouse=place,
        supplier=trade.supplier,
        remind_on=from_on - dt.timedelta(days=90),
        base_qty=10,
        factor=Decimal("2.8"),
        total_qty=30,
        calls=batch,
        created_at=clock.now(),
    )


def what_if_run(mark: str, *, author_key: str = "user:1") -> WhatIfRun:
    """Return a question that waits, about goods that were never sold."""
    asked = Scenario().as_json()
    return WhatIfRun.objects.create(
        scenario={
            "asked": asked,
            "current": asked,
            "goods": {"warehouse_ids": None, "category": mark},
            "until": clock.now().date().isoformat(),
        },
        inputs_hash=mark,
        author_key=author_key,
        created_at=clock.now(),
    )
