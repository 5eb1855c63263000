"""What planning makes of the demo's past: history, repurchase, forecast, review and alerts."""

from __future__ import annotations

import datetime as dt

from planning.services import alerting, forecasting, history, replenishment, repurchase


def computed(at: dt.datetime) -> None:
    """Run once what the nightly jobs run, in their order."""
    history.rebuild(now=at)
    repurchase.run(as_of=at)
    forecasting.run_forecast(as_of=at, now=at)
    replenishment.review(as_of=at, now=at)
    alerting.refresh(now=at)
