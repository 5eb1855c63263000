"""Jobs of planning: one service call, repeatable."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from core.jobs import JobRun
from planning.queries import repurchase as reads
from planning.services import (
    alert_telling,
    alerting,
    bulk_alert_acts,
    forecast_cycle,
    forecast_sharing,
    history,
    kind_proposals,
    replenishment,
    report_mails,
    repurchase,
    risk_deviations,
    risk_index,
    risk_responses,
    season_end,
    seasons,
    weekly_packs,
    what_if,
)
from planning.services.sharing_errors import NoForecastThisWeek

#: Nightly runs look back so far; on Mondays the whole history is computed again.
LOOK_BACK = dt.timedelta(days=3)


def rebuild_history(job: JobRun, *, whole: bool = False, **_newer: object) -> dict[str, int]:
    """Write the demand of the last days, the whole history on Mondays or when asked."""
    is_whole = whole or job.now.weekday() == 0
    since = None if is_whole else job.now - LOOK_BACK
    return asdict(history.rebuild(now=job.now, since=since, progress=job.progress))


def fit_repurchase(job: JobRun, *, whole: bool = False, **_newer: object) -> dict[str, int]:
    """Give customers their segments; on Mondays, when asked and at first, fit all models anew."""
    if not (whole or job.now.weekday() == 0 or reads.latest_run(job.now) is None):
        return {"new_runs": 0, "segments_changed": repurchase.refresh_segments(as_of=job.now)}
    ran = repurchase.run(as_of=job.now)
    return {"new_runs": int(ran.is_new), "segments_changed": ran.segments_changed}


def run_forecast(job: JobRun, *, as_of: str = "", **_newer: object) -> dict[str, int]:
    """Forecast all series from the complete weeks, or replay a past day (`as_of`, ISO, UTC)."""
    then = dt.datetime.combine(dt.date.fromisoformat(as_of), dt.time(), dt.UTC) if as_of else None
    return forecast_cycle.run(now=job.now, as_of=then, progress=job.progress)


def share_forecasts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Show suppliers this week's forecast; without one the planners are told and nothing goes."""
    try:
        return asdict(forecast_sharing.share_week(now=job.now, progress=job.progress))
    except NoForecastThisWeek as error:
        return {
            "shared": 0,
            "told": forecast_sharing.tell_that_nothing_was_shared(error, now=job.now),
        }


def review_replenishment(
    job: JobRun, *, sku_ids: list[int] | None = None, **_newer: object
) -> dict[str, int]:
    """Review all SKU-warehouses, or some SKUs when asked: covers, colors, proposals."""
    run = replenishment.review(as_of=job.now, now=job.now, progress=job.progress, sku_ids=sku_ids)
    counts = ("new", "changed", "unchanged", "lapsed", "left_alone")
    return {"rows": run.rows, **{name: run.figures[name] for name in counts}}


def refresh_alerts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Bring the alerts that follow stock and dates up to date, and tell whom they concern."""
    return _alerts(job, alerting.refresh_light(now=job.now))


def review_alerts(job: JobRun, **_newer: object) -> dict[str, int]:
    """Bring all alerts up to date, those from demand and forecasts included."""
    return _alerts(job, alerting.refresh(now=job.now))


def _alerts(job: JobRun, done: alerting.Refreshed) -> dict[str, int]:
    told = alert_telling.tell(now=job.now)
    return {**asdict(done), "told": told, "escalated": alert_telling.escalate(now=job.now)}


def alert_digest(job: JobRun, **_newer: object) -> dict[str, int]:
    """Plan the daily mail of those whose morning has come."""
    return {"mails": alert_telling.send_digests(now=job.now)}


def bulk_alerts(job: JobRun, *, act: str, **given: Any) -> dict[str, Any]:
    """Acknowledge, snooze, hand over or dismiss the chosen alerts, those in the starter's reach."""
    return bulk_alert_acts.run(job, act=act, given=given)


def care_for_policies(job: JobRun, **_newer: object) -> dict[str, int]:
    """Propose kinds of categories, stage coming seasons, stop what outlasts eight months."""
    kinds = kind_proposals.refresh(now=job.now)
    staged = seasons.stage(now=job.now)
    stopped = season_end.stop_long_cover(now=job.now)
    return {**asdict(kinds), **asdict(staged), **asdict(stopped)}


def build_weekly_pack(job: JobRun, **_newer: object) -> dict[str, int]:
    """Make the pack of this Monday's meeting, once."""
    pack = weekly_packs.build(now=job.now)
    return {"series": int(pack.figures["series"]), "items": pack.items.count()}


def watch_risks(job: JobRun, **_newer: object) -> dict[str, int]:
    """Evaluate the event index, and finish responses that were cut off."""
    found = risk_index.evaluate(now=job.now)
    moved = risk_responses.finish_all(now=job.now)
    return {"is_careful": int(found.is_careful), "orders": moved}


def judge_deviations(job: JobRun, **_newer: object) -> dict[str, int]:
    """Compare the last four weeks with the forecast made before them."""
    found = risk_deviations.judge(now=job.now)
    return {"pairs": found.pairs, "listed": found.listed, "fired": found.fired}


def mail_reports(job: JobRun, **_newer: object) -> dict[str, int]:
    """Plan the mails of the reports that are due today."""
    return {"mails": report_mails.send_due(now=job.now)}


def run_what_if(job: JobRun, *, run_id: int, **_newer: object) -> dict[str, str]:
    """Replay one question about another policy; one that was answered stays as it is."""
    return {"state": what_if.compute(run_id, now=job.now, progress=job.progress)}
