"""What the risk desk shows: mode, readings, responses, flags, deviations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from core.models import User
from inventory.models import StockLevel, Warehouse
from planning.models import (
    ConservativeSwitch,
    DemandDeviation,
    EventReading,
    RiskFlag,
    RiskMode,
    RiskResponse,
)
from planning.queries.risk_state import open_flags

if TYPE_CHECKING:
    from core.permissions import Principal

SHOWN = 20
MOST_DEVIATIONS = 50


@dataclass(frozen=True)
class Desk:
    """Everything on the desk; `names` {actor key: name} of whoever acted."""

    mode: RiskMode
    readings: list[EventReading]
    switches: list[ConservativeSwitch]
    active: Sequence[RiskResponse]
    past: Sequence[RiskResponse]
    flags: list[RiskFlag]
    deviations: list[DemandDeviation]
    deviation_count: int
    buffers: list[StockLevel]
    names: dict[str, str]


def desk(principal: Principal, now: dt.datetime) -> Desk:
    """Return the desk as a principal sees it; deviations of their warehouses. Ten queries."""
    readings = EventReading.objects.filter(at__lte=now, until_at__gt=now)
    flags = RiskFlag.objects.filter(open_flags(now.date())).select_related("supplier")
    responses = RiskResponse.objects.select_related("file").annotate(step_count=Count("steps"))
    mine = deviations_of(principal)
    shown = list(readings.order_by("-at", "-pk")[:SHOWN])
    switches = list(ConservativeSwitch.objects.order_by("-at", "-pk")[:SHOWN])
    active = list(responses.filter(state="active").order_by("level", "-declared_at", "-pk"))
    past = list(responses.filter(state="reversed").order_by("-declared_at", "-pk")[:SHOWN])
    raised = list(flags.order_by("-level", "-created_at", "-pk"))
    open_ones = mine.filter(state=DemandDeviation.State.OPEN)
    keys = {row.author_key for row in shown} | {row.author_key for row in raised}
    keys |= {row.actor_key for row in switches} | {row.reversed_by for row in past}
    keys |= {row.declared_by for row in (*active, *past)}
    return Desk(
        mode=RiskMode.objects.filter(pk=1).first() or RiskMode(),
        deviations=list(
            open_ones.select_related("sku", "warehouse").order_by(
                "-week_on", "-value_amount", "pk"
            )[:MOST_DEVIATIONS]
        ),
        deviation_count=open_ones.count(),
        buffers=list(
            StockLevel.objects.visible_to(principal)
            .filter(buffer__gt=0)
            .select_related("sku", "warehouse")
            .order_by("-buffer", "pk")[:SHOWN]
        ),
        names=names_of(keys),
        readings=shown,
        switches=switches,
        active=active,
        past=past,
        flags=raised,
    )


def deviations_of(principal: Principal) -> QuerySet[DemandDeviation]:
    """Return the deviations at the warehouses of a principal."""
    places = Warehouse.objects.visible_to(principal)
    return DemandDeviation.objects.filter(warehouse__in=places)


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the names of the people behind actor keys such as `user:3`. One query or none."""
    ids = {int(key.partition(":")[2]) for key in keys if key.startswith("user:")}
    if not ids:
        return {}
    rows = User.objects.filter(pk__in=ids).order_by("pk")
    return {f"user:{row.pk}": row.full_name for row in rows}
