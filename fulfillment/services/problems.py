"""W19: what people on the floor report, for the manager of their warehouse."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from core import audit
from core.actors import Actor
from fulfillment.models import ProblemReport, Station


@transaction.atomic
def report(
    reason: str, note: str, *, task_key: str, station_code: str, actor: Actor, at: dt.datetime
) -> ProblemReport:
    """Keep a problem with the task and station it was met at; the floor goes on working."""
    station = Station.objects.filter(code=station_code).first()
    row = ProblemReport.objects.create(
        station_code=station_code[:24],
        warehouse_id=station.warehouse_id if station else None,
        task_key=task_key[:40],
        reason=reason,
        note=note[:500],
        reported_by=actor.key,
        reported_at=at,
    )
    audit.record(
        actor=actor,
        action="fulfillment.problem_reported",
        target=f"problem_report:{row.pk}",
        after={"reason": reason, "station": station_code, "task": task_key[:40]},
        reason=note[:200],
        at=at,
    )
    return row


@transaction.atomic
def close(report_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """Note that a problem is dealt with. A second call changes nothing."""
    changed = ProblemReport.objects.filter(pk=report_id, closed_at=None).update(
        closed_at=at, closed_by=actor.key[:40]
    )
    if changed:
        audit.record(
            actor=actor,
            action="fulfillment.problem_closed",
            target=f"problem_report:{report_id}",
            at=at,
        )
