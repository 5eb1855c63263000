"""What orders do by the clock: jobs that schedules and listeners queue. Each may run twice."""

from __future__ import annotations

from typing import Any, Final

from core import settings_store
from core.jobs import JobRun
from orders.domain import defaults
from orders.services import (
    allocation,
    building_ahead,
    holds,
    promising,
    subscription_runs,
    substituting,
)

RETRY_JOB: Final = "orders.retry_backorders"


def retry_backorders(job: JobRun, *, sku_ids: str = "", **_newer: Any) -> dict[str, int]:
    """Plan waiting orders again: those of the SKU ids given (blank-separated), else all."""
    wanted = [int(word) for word in sku_ids.split()] or None
    report = allocation.retry_backorders(sku_ids=wanted, at=job.now)
    return {"looked_at": report.looked_at, "served": len(report.served)}


def run_clock(job: JobRun, **_newer: Any) -> dict[str, int]:
    """Release holds whose minute has come, free stock held too long, ask about waiting orders.

    Offers of substitutes that nobody answered in time end too.
    """
    released = holds.release_due(as_of=job.now)
    expired = holds.expire_stock(as_of=job.now)
    asked = allocation.ask_about_waiting(as_of=job.now)
    ended = substituting.expire_due(as_of=job.now)
    return {
        "released": released,
        "stock_expired": expired,
        "asked": asked,
        "substitutions_expired": ended,
    }


def refresh_transit(job: JobRun, **_newer: Any) -> dict[str, int]:
    """Measure how long each lane really took, for promises (nightly)."""
    lanes = promising.refresh_transit(
        as_of=job.now,
        window_days=int(str(settings_store.get(defaults.TRANSIT_WINDOW_DAYS.name))),
        min_samples=int(str(settings_store.get(defaults.TRANSIT_MIN_SAMPLES.name))),
    )
    return {"lanes": lanes}


def run_subscriptions(job: JobRun, **_newer: Any) -> dict[str, int]:
    """Make the orders of subscriptions that fall due soon, day by day of UTC (hourly)."""
    report = subscription_runs.run_due(
        today=job.now.date(),
        lead_days=int(str(settings_store.get(defaults.SUBSCRIPTION_LEAD_DAYS.name))),
        at=job.now,
        tell=job.progress,
    )
    return {"ordered": report.ordered, "refused": report.refused, "resumed": report.resumed}


def build_kits_ahead(job: JobRun, **_newer: Any) -> dict[str, Any]:
    """Plan the kits that subscriptions will need (nightly); what can't be planned is reported."""
    days = int(str(settings_store.get(defaults.KITS_AHEAD_DAYS.name)))
    if not days:
        return {"planned": 0, "refused": {}}
    report = building_ahead.plan(today=job.now.date(), days=days, at=job.now)
    return {"planned": len(report.planned), "refused": report.refused}
