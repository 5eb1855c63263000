"""What was forecast for the weeks that are over, kept once beside what was sold (B-63)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from planning.models import Forecast, ForecastOutcome, ForecastRun
from planning.queries import forecasts as reads

LOOK_BACK: Final = 26  # weeks
BATCH: Final = 1_000
#: A run later than this after what it knew is a replay: it could have been tuned to the outcome.
PROMPT: Final = dt.timedelta(days=8)


def record(*, now: dt.datetime) -> int:
    """Write the outcomes of the weeks that are over and not written yet; return how many.

    Each SKU is judged by the run that spoke its lead time before the week, replays aside.
    Idempotent: a week is written once, when it is over.
    """
    today = now.astimezone(dt.UTC).date()
    this_week = reads.monday_of(today)
    first = this_week - dt.timedelta(weeks=LOOK_BACK)
    done = set(
        ForecastOutcome.objects.filter(week_on__gte=first)
        .order_by()
        .values_list("week_on", flat=True)
        .distinct()
    )
    open_weeks = [
        week
        for place in range(LOOK_BACK)
        if (week := first + dt.timedelta(weeks=place)) not in done
    ]
    runs = [
        run
        for run in ForecastRun.objects.filter(from_on__lt=this_week).order_by("from_on", "pk")
        if run.created_at - run.as_of <= PROMPT
    ]
    if not runs or not open_weeks:
        return 0
    sold = reads.sold_by_week(None, first, LOOK_BACK)
    count = 0
    for week in open_weeks:
        place = (week - first).days // 7
        rows = _outcomes(week, runs, {pair: units[place] for pair, units in sold.items()})
        ForecastOutcome.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
        count += len(rows)
    return count


def _outcomes(
    week: dt.date, runs: list[ForecastRun], sold: dict[tuple[int, int], float]
) -> list[ForecastOutcome]:
    """Return the outcomes of one week: of each pair by the newest run old enough for its lag."""
    found: dict[tuple[int, int], ForecastOutcome] = {}
    spoken = [run for run in runs if run.from_on <= week < _end(run)]
    if not spoken:
        return []
    rows = Forecast.objects.filter(run__in=spoken, channel=None).order_by(
        "run__from_on", "run", "pk"
    )
    by_run = {run.pk: run for run in spoken}
    known = list(rows.only("run_id", "sku_id", "warehouse_id", "weekly"))
    lags = reads.lead_weeks({row.sku_id for row in known})
    for row in known:  # the newest run comes last and stays
        run = by_run[row.run_id]
        lag = (week - run.from_on).days // 7
        if lag < lags[row.sku_id]:
            continue
        pair = row.sku_id, row.warehouse_id
        found[pair] = ForecastOutcome(
            sku_id=row.sku_id,
            warehouse_id=row.warehouse_id,
            week_on=week,
            lag_weeks=lag,
            run=run,
            forecast_qty=float(row.weekly[lag]),
            actual_qty=sold.get(pair, 0.0),
        )
    return [found[pair] for pair in sorted(found)]


def _end(run: ForecastRun) -> dt.date:
    return run.from_on + dt.timedelta(weeks=run.horizon_weeks)
