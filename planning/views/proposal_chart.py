"""The weeks behind a proposal: what was sold, what is expected, as a chart and as rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import charts
from planning.models import SeriesOutlook
from planning.queries.forecast_card import band

PAST_WEEKS = 13


@dataclass(frozen=True)
class DemandWeeks:
    """The drawing and its rows: Monday, units sold, units expected with their range."""

    line: SeriesOutlook
    drawing: charts.Drawing
    rows: list[tuple[dt.date, float | None, float | None, float | None, float | None]]


def demand_weeks(sku_id: int, warehouse_id: int) -> DemandWeeks | None:
    """Return the weeks of the newest forecast of a SKU at a warehouse; None: there is none."""
    lines = SeriesOutlook.objects.filter(sku=sku_id, warehouse=warehouse_id)
    line = lines.select_related("sku", "warehouse", "forecast__run").first()
    if line is None:
        return None
    past = [float(units) for units in line.sold[-min(PAST_WEEKS, max(1, line.history_weeks)) :]]
    ahead = [float(units) for units in line.weekly]
    start = line.forecast.run.from_on - dt.timedelta(weeks=len(past))
    days = [start + dt.timedelta(weeks=n) for n in range(len(past) + len(ahead))]
    before: list[float | None] = [None] * len(past)
    low, high = ([*before, *side] for side in band(line.forecast))
    sold: list[float | None] = [*past, *([None] * len(ahead))]
    expected: list[float | None] = [*before, *ahead]
    # The line of the forecast begins where the line of what was sold ends.
    joined = [*before[:-1], *past[-1:], *ahead]
    drawing = charts.draw(
        charts.Chart(
            title=_("Demand of %(sku)s at %(place)s by week")
            % {"sku": line.sku.code, "place": line.warehouse.code},
            desc=_("What was sold, then what is expected. The table holds the same numbers."),
            labels=[day.strftime("%m-%d") for day in days],
            lines=[
                charts.Line(_("Sold"), sold, "history"),
                charts.Line(_("Forecast"), joined, "forecast"),
            ],
            bands=[charts.Band(_("9 weeks of 10 lie here"), low, high)],
            now=len(past),
            unit=_("units a week"),
        )
    )
    return DemandWeeks(line, drawing, list(zip(days, sold, expected, low, high, strict=True)))
