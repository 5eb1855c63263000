"""Schedules: each slot of a plan in the wiring becomes one job with the key `name@slot`.

The key is unique, so any number of schedulers queue a slot once. One broken plan is noted on its
row and stops no other.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction
from django.db.models import F

from core.jobs.queueing import enqueue
from core.models.jobs import ScheduleSlot
from core.plans import Plan, newest_slot
from core.wiring import wired

logger = logging.getLogger(__name__)


def queue_due(now: dt.datetime) -> int:
    """Queue the newest slot of every plan that is due; return how many jobs. Repeatable.

    A plan seen for the first time starts with its next slot, so that a new installation does not
    begin with a night's work.
    """
    plans: dict[str, Plan] = wired("SCHEDULES")
    rows = {row.name: row for row in ScheduleSlot.objects.filter(name__in=list(plans))}
    return sum(_queue_one(name, plan, rows.get(name), now) for name, plan in plans.items())


def _queue_one(name: str, plan: Plan, row: ScheduleSlot | None, now: dt.datetime) -> int:
    try:
        slot = newest_slot(plan, now)
        if row is None:
            _first_seen(name, slot, now)
            return 0
        if row.is_paused or (row.slot_at and slot <= row.slot_at):
            return 0
        return _take_slot(row, plan, slot, now)
    except (ValueError, LookupError) as error:
        # A cron line or a job nobody knows: one broken plan must not keep the others from running.
        logger.exception("core.schedule.broken", extra={"schedule": name})
        ScheduleSlot.objects.update_or_create(
            name=name,
            defaults={"error": f"{type(error).__name__}: {error}"[:500], "checked_at": now},
        )
        return 0


def _first_seen(name: str, slot: dt.datetime, now: dt.datetime) -> None:
    ScheduleSlot.objects.bulk_create(
        [ScheduleSlot(name=name, slot_at=slot, checked_at=now)], ignore_conflicts=True
    )


@transaction.atomic
def _take_slot(row: ScheduleSlot, plan: Plan, slot: dt.datetime, now: dt.datetime) -> int:
    mine = ScheduleSlot.objects.filter(pk=row.pk, slot_at=row.slot_at)
    if not mine.update(slot_at=slot, checked_at=now, error=""):
        return 0
    if plan.catch_up == "skip" and now - slot > plan.grace:
        ScheduleSlot.objects.filter(pk=row.pk).update(skipped=F("skipped") + 1)
        return 0
    key = f"{row.name}@{slot.isoformat()}"
    enqueue(plan.job, key=key, queue=plan.queue, started_by="system", title=row.name)
    return 1
