"""Stock that outlasts eight months: buying stops by itself and can be taken back (B-47)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core.actors import SYSTEM
from core.errors import StateConflict
from planning.domain.alert_bands import STOP_DAYS
from planning.models import CoverStatus, SkuPolicy
from planning.services.policies import SkuEntry, set_sku, withdraw_sku
from planning.services.policy_errors import PolicyStale

#: A stop is looked at again after so many days; one that a person took back rests as long.
KEEP_DAYS = 30


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a pass did: places newly stopped, and stops that are needed no longer."""

    stopped: int
    resumed: int


def stop_long_cover(*, now: dt.datetime) -> Stopped:
    """Stop buying where sellable stock lasts 240 days and more; end the own stops elsewhere.

    A place with a decision of a person is left alone. Goods without demand are not stopped: their
    cover says nothing. Idempotent.
    """
    today = now.astimezone(dt.UTC).date()
    rows = CoverStatus.objects.filter(cover_days__gte=STOP_DAYS).order_by("pk")
    long = {(row.sku_id, row.warehouse_id): row.cover_days for row in rows}
    standing = SkuPolicy.objects.in_force(today).filter(warehouse__isnull=False)
    own = {(row.sku_id, row.warehouse_id): row for row in standing.order_by("pk")}
    rested = set(
        SkuPolicy.objects.filter(
            author_key=SYSTEM.key,
            withdrawn_at__gt=now - dt.timedelta(days=KEEP_DAYS),
            is_stopped=True,
        ).values_list("sku_id", "warehouse_id")
    )
    stopped = resumed = 0
    for pair, days in long.items():
        if pair in own or pair in rested:
            continue
        entry = SkuEntry(
            sku_id=pair[0],
            warehouse_id=pair[1],
            reason=f"cover of {days:.0f} days (240 or more stop buying)",
            numbers={"is_stopped": True},
            expires_on=today + dt.timedelta(days=KEEP_DAYS),
        )
        stopped += _stop(entry, now)
    for place, row in own.items():
        if row.author_key == SYSTEM.key and row.is_stopped and place not in long:
            resumed += _resume(row.pk, now)
    return Stopped(stopped, resumed)


def _stop(entry: SkuEntry, now: dt.datetime) -> int:
    """Write a stop unless somebody decided about the place meanwhile."""
    try:
        set_sku(entry, actor=SYSTEM, now=now, gives_way=True)
    except PolicyStale:
        return 0
    return 1


def _resume(policy_id: int, now: dt.datetime) -> int:
    try:
        with transaction.atomic():
            withdraw_sku(policy_id, actor=SYSTEM, now=now)
    except StateConflict:
        return 0
    return 1
