"""What planning makes of the demo's past: history, repurchase, forecast, review and alerts."""

from __future__ import annotations

import datetime as dt

from planning.services import (
    alerting,
    forecast_cycle,
    forecasting,
    history,
    kind_proposals,
    replenishment,
    repurchase,
    risk_deviations,
    weekly_packs,
)

#: Weeks back of earlier forecasts, so that the board can say how good they were.
EARLIER = (9, 5)


def computed(at: dt.datetime) -> None:
    """Run once what the nightly jobs run, in their order, and the forecasts of earlier weeks."""
    history.rebuild(now=at)
    repurchase.run(as_of=at)
    for weeks in EARLIER:
        then = at - dt.timedelta(weeks=weeks)
        forecasting.run_forecast(as_of=then, now=then)
    forecast_cycle.run(now=at)
    risk_deviations.judge(now=at)
    replenishment.review(as_of=at, now=at)
    kind_proposals.refresh(now=at)
    alerting.refresh(now=at)
    weekly_packs.build(now=at)
