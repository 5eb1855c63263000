"""The forecast board, written after each run and after each decision of a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction

from inventory.queries.levels import levels_snapshot
from planning.domain.forecast_terms import DAYS, NEW_BELOW, Score, runs_out_on
from planning.models import Forecast, ForecastRun, SeriesOutlook
from planning.queries import forecasts as reads

SOLD_WEEKS: Final = 26
BATCH: Final = 500
POOLED, SIMPLE, LIKE = "pooled", "simple", "like"
FIELDS: Final = (
    "forecast",
    "sold",
    "weekly",
    "total_qty",
    "method",
    "confidence",
    "error_ratio",
    "bias_ratio",
    "known_weeks",
    "lag_weeks",
    "history_weeks",
    "sellable_qty",
    "runs_out_on",
    "is_overridden",
    "refreshed_at",
)


def refresh(*, now: dt.datetime, sku_ids: Collection[int] | None = None) -> int:
    """Write the lines of the board from the newest run; return how many.

    `sku_ids` limits it to these SKUs. Idempotent; a few statements for 500 lines. Lines that the
    run has no forecast for are removed.
    """
    run = reads.latest_run()
    if run is None:
        return 0
    rows = Forecast.objects.filter(run=run, channel=None).order_by("sku_id", "warehouse_id", "pk")
    if sku_ids is not None:
        rows = rows.filter(sku_id__in=sku_ids)
    known = list(rows.select_related("run"))
    for start in range(0, len(known), BATCH):
        lines = _lines(known[start : start + BATCH], run, now)
        SeriesOutlook.objects.bulk_create(
            lines,
            update_conflicts=True,
            unique_fields=["sku", "warehouse"],
            update_fields=FIELDS,
        )
    old = SeriesOutlook.objects.exclude(forecast__run=run)
    with transaction.atomic():
        (old if sku_ids is None else old.filter(sku_id__in=sku_ids)).delete()
    return len(known)


def _lines(rows: list[Forecast], run: ForecastRun, now: dt.datetime) -> list[SeriesOutlook]:
    today = now.astimezone(dt.UTC).date()
    skus = {row.sku_id for row in rows}
    weekly = reads.effective(rows, today=today)
    entered = {
        (one.sku_id, one.warehouse_id)
        for one in reads.overrides_in_force(skus, today)
        if one.until_on >= today
        and one.from_on < run.from_on + dt.timedelta(weeks=run.horizon_weeks)
    }
    since = run.from_on - dt.timedelta(weeks=SOLD_WEEKS)
    sold = reads.sold_by_week(skus, since, SOLD_WEEKS)
    first = reads.first_sales(skus)
    lags = reads.lead_weeks(skus)
    scores = reads.scores(reads.outcomes(skus))
    levels = levels_snapshot(skus, {row.warehouse_id for row in rows})
    lines = []
    for row in rows:
        pair = row.sku_id, row.warehouse_id
        level = levels.get((row.warehouse_id, row.sku_id))
        sellable = 0 if level is None else level.atp
        lines.append(
            SeriesOutlook(
                sku_id=row.sku_id,
                warehouse_id=row.warehouse_id,
                forecast=row,
                sold=sold.get(pair, [0.0] * SOLD_WEEKS),
                weekly=weekly[pair],
                total_qty=sum(weekly[pair]),
                method=_method(row),
                confidence=row.confidence,
                lag_weeks=lags[row.sku_id],
                history_weeks=_weeks(first.get(pair), run.from_on),
                sellable_qty=sellable,
                runs_out_on=runs_out_on(sellable, weekly[pair], run.from_on, today),
                is_overridden=pair in entered,
                refreshed_at=now,
                **_scored(scores, pair),
            )
        )
    return lines


def _scored(
    scores: Mapping[tuple[int, int], Score], pair: tuple[int, int]
) -> dict[str, float | int]:
    one = scores.get(pair)
    if one is None:
        return {}
    return {
        "error_ratio": one.error_ratio,
        "bias_ratio": one.bias_ratio,
        "known_weeks": one.weeks,
    }


def _weeks(first: dt.date | None, end: dt.date) -> int:
    """Return the whole weeks from the week of the first sale to the first week forecast."""
    return 0 if first is None else max((end - reads.monday_of(first)).days // DAYS, 0)


def _method(row: Forecast) -> str:
    """Return what the forecast rests on: a locked method, a likeness, a simple rule, or all."""
    if "lock" in row.terms:
        return str(row.terms["lock"]["method"])
    if "analogue" in row.terms:
        return LIKE
    return SIMPLE if row.terms.get("weeks_since_first", NEW_BELOW) < NEW_BELOW else POOLED
