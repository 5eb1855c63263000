"""Level 2: demand that left its forecast; safety, review and a pause of 24 hours (B-42)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from core import audit
from core.actors import SYSTEM, Actor
from planning.domain.risk import (
    DEVIATION_SHARE,
    Deviation,
    judge_deviation,
    pause_from,
    safety_factor,
)
from planning.domain.safety_stock import nb_quantile
from planning.models import DemandDeviation, EventReading, Forecast, ForecastRun
from planning.queries import history
from planning.services import risk_index
from planning.services.risk_errors import RiskOver, RiskRefused
from planning.services.risk_index import ReadingEntry

WEEKS: Final = 4
WEEK: Final = dt.timedelta(weeks=1)
LOW, HIGH = 0.05, 0.95
Pair = tuple[int, int]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run found: pairs judged, new ones listed and fired, WAPE of all (None: no sales)."""

    pairs: int = 0
    listed: int = 0
    fired: int = 0
    wape: float | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    """Four weeks of all pairs: [N, 4] sold and forecast, [N] variance and price."""

    first_on: dt.date
    pairs: tuple[Pair, ...]
    actual: Floats
    forecast: Floats
    variance: Floats
    price: Floats


def judge(*, now: dt.datetime) -> Judged:
    """Judge the last four complete weeks against the forecast made before them.

    Over 30 % a pair is listed; outside its band with at least 7 units forecast, or with a tracking
    signal run away, it fires: its variance counts more for a week and its automatic orders wait
    24 hours from now. Idempotent by week: a pair judged before keeps its row and its pause. A WAPE
    of all over 30 % raises the index. Constant statements but for the inserts.
    """
    window = _window(now)
    if window is None or not window.pairs:
        return Judged()
    low, high = (
        nb_quantile(level, window.forecast.sum(axis=1), window.variance) for level in (LOW, HIGH)
    )
    rows = []
    for place, pair in enumerate(window.pairs):
        errors = window.actual[place] - window.forecast[place]
        found = judge_deviation(
            float(window.actual[place].sum()),
            float(window.forecast[place].sum()),
            (float(low[place]), float(high[place])),
            [float(error) for error in errors],
        )
        if found.verdict != "calm":
            band = float(low[place]), float(high[place])
            rows.append(_row(window, place, pair, found, band, now))
    fresh = _keep(rows, window.first_on)
    wape = _wape(window)
    if wape is not None and wape > DEVIATION_SHARE + 1e-9:
        _note_wape(wape, window.first_on, now)
    fired = sum(row.verdict == "fires" for row in fresh)
    return Judged(len(window.pairs), len(fresh) - fired, fired, wape)


def _window(now: dt.datetime) -> _Window | None:
    """Return the last four complete weeks, or None where no forecast was made before them."""
    today = now.astimezone(dt.UTC).date()
    end = today - dt.timedelta(days=today.weekday())
    first = end - WEEKS * WEEK
    run = ForecastRun.objects.filter(from_on__lte=first, created_at__lte=now)
    run = run.order_by("-from_on", "-created_at", "-pk")
    made = run.first()
    if made is None or made.from_on + made.horizon_weeks * WEEK < end:
        return None
    offset = (first - made.from_on).days // 7
    rows = list(Forecast.objects.filter(run=made, channel=None).order_by("sku", "warehouse"))
    sold = history.panel(as_of=now, weeks=WEEKS, by=("sku", "warehouse"))
    weeks = [dt.date.fromisoformat(name) for name in sold.panel.periods]
    at = {(key[0], key[1]): place for place, key in enumerate(sold.keys)}
    actual = np.zeros((len(rows), WEEKS))
    price = np.zeros(len(rows))
    for number, row in enumerate(rows):
        place = at.get((row.sku_id, row.warehouse_id))
        if place is None:
            continue
        for column, monday in enumerate(weeks):
            actual[number, (monday - first).days // 7] = sold.panel.qty[place, column]
        if sold.panel.price is not None:
            known = sold.panel.price[place][~np.isnan(sold.panel.price[place])]
            price[number] = known[-1] if len(known) else 0.0
    weekly = np.array([row.weekly[offset : offset + WEEKS] for row in rows], dtype=np.float64)
    return _Window(
        first_on=first,
        pairs=tuple((row.sku_id, row.warehouse_id) for row in rows),
        actual=actual,
        forecast=weekly.reshape(len(rows), WEEKS),
        variance=np.array([row.variance for row in rows]) * WEEKS / made.horizon_weeks,
        price=price,
    )


def _row(
    window: _Window,
    place: int,
    pair: Pair,
    found: Deviation,
    band: tuple[float, float],
    now: dt.datetime,
) -> DemandDeviation:
    fires = found.verdict == "fires"
    actual, forecast = window.actual[place], window.forecast[place]
    scale = math.sqrt(max(float(window.variance[place]) / WEEKS, 1e-9))
    factor = safety_factor([float(error) / scale for error in actual - forecast]) if fires else 1.0
    pause = pause_from(now) if fires else None
    last_on = window.first_on + (WEEKS - 1) * WEEK
    value = abs(float(actual.sum() - forecast.sum())) * float(window.price[place])
    terms: dict[str, Any] = {
        "sold": [float(units) for units in actual],
        "forecast": [round(float(units), 2) for units in forecast],
        "tracking": round(found.tracking, 3),
        "cusum": round(found.cusum, 3),
        "outside": found.outside,
    }
    return DemandDeviation(
        sku_id=pair[0],
        warehouse_id=pair[1],
        week_on=last_on,
        actual_qty=float(actual.sum()),
        forecast_qty=float(forecast.sum()),
        low_qty=band[0],
        high_qty=band[1],
        share=found.share,
        value_amount=Decimal(repr(round(value, 4))),
        verdict=found.verdict,
        reasons=list(found.reasons),
        terms=terms,
        safety_factor=factor,
        safety_until_on=last_on + dt.timedelta(days=13) if fires else None,
        paused_at=pause.since if pause else None,
        paused_until=pause.until if pause else None,
        found_at=now,
    )


@transaction.atomic
def _keep(rows: Sequence[DemandDeviation], first_on: dt.date) -> list[DemandDeviation]:
    week_on = first_on + (WEEKS - 1) * WEEK
    known = set(
        DemandDeviation.objects.filter(week_on=week_on)
        .order_by("pk")
        .values_list("sku_id", "warehouse_id")
    )
    fresh = [row for row in rows if (row.sku_id, row.warehouse_id) not in known]
    DemandDeviation.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return fresh


def _wape(window: _Window) -> float | None:
    sold = float(window.actual.sum())
    missed = float(np.abs(window.actual.sum(axis=1) - window.forecast.sum(axis=1)).sum())
    return missed / sold if sold else None


def _note_wape(wape: float, first_on: dt.date, now: dt.datetime) -> None:
    cause = f"WAPE {wape:.1%}, {first_on.isoformat()} +4"
    if not EventReading.objects.filter(signal="total_demand", cause=cause).exists():
        risk_index.enter(ReadingEntry("total_demand", None, cause), actor=SYSTEM, now=now)


def decide(
    deviation_id: int, *, decision: str, keeps_safety: bool, actor: Actor, now: dt.datetime
) -> DemandDeviation:
    """Write down what people decided; the pause ends at once, on request the safety factor too.

    Raises:
        RiskRefused: no decision is written.
        RiskOver: somebody decided before.
    """
    if not decision.strip():
        raise RiskRefused(what="Decision", why="write what is done, and why.")
    with transaction.atomic():
        rows = DemandDeviation.objects.filter(pk=deviation_id)
        done = rows.filter(state=DemandDeviation.State.OPEN).update(
            state=DemandDeviation.State.REVIEWED,
            reviewed_at=now,
            reviewed_by=actor.key,
            decision=decision.strip(),
        )
        row = rows.first()
        if not done or row is None:
            raise RiskOver(who=row.reviewed_by if row else "—")
        if not keeps_safety:
            rows.update(safety_until_on=None)
            row.safety_until_on = None
        audit.record(
            actor=actor,
            action="planning.deviation_reviewed",
            target=f"demand_deviation:{deviation_id}",
            at=now,
            after={"share": round(row.share, 4), "keeps_safety": keeps_safety},
            reason=row.decision,
        )
    return row
