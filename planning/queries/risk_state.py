"""What risks mean for a review of replenishment: mode, pauses, safety factors, later goods."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from django.db.models import Q

from planning.domain.risk import Caution, Pause, caution
from planning.models import DemandDeviation, RiskFlag, RiskMode, RiskResponse

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Delay:
    """Days that goods come later; an empty part of the subject fits every supplier or way."""

    days: int
    reason: str
    supplier_id: int | None = None
    mode: str = ""
    country: str = ""
    warehouse_id: int | None = None

    def fits(self, *, supplier_id: int, country: str, mode: str, warehouse_id: int) -> bool:
        """Return whether the goods of a supplier come this way."""
        return (
            self.supplier_id in (None, supplier_id)
            and self.mode in ("", mode)
            and self.country in ("", country)
            and self.warehouse_id in (None, warehouse_id)
        )


@dataclass(frozen=True, slots=True)
class RiskState:
    """Everything a review asks of risks, as of one moment. Calm values while nothing is known.

    `safety_factors` {(SKU id, warehouse id): 1 to 2} multiply the variance of the forecast's
    error. `paused` {(SKU id, warehouse id): until} are pairs whose automatic orders wait; a red
    near cover is exempt. `interrupted_supplier_ids` have a level-1 response that is active.
    """

    is_conservative: bool = False
    since: dt.datetime | None = None
    index: float = 0.0
    causes: tuple[str, ...] = ()
    paused: Mapping[Pair, dt.datetime] = field(default_factory=lambda: MappingProxyType({}))
    safety_factors: Mapping[Pair, float] = field(default_factory=lambda: MappingProxyType({}))
    delays: tuple[Delay, ...] = ()
    interrupted_supplier_ids: frozenset[int] = frozenset()

    @property
    def paused_sku_ids(self) -> frozenset[int]:
        """Return the SKUs that wait at one warehouse or more."""
        return frozenset(sku_id for sku_id, _warehouse_id in self.paused)

    def caution(self, service_share: float, buffer_share: float) -> Caution:
        """Return the terms of a review for a service level and a destination buffer."""
        return caution(service_share, self.is_conservative, buffer_share)

    def safety_factor(self, sku_id: int, warehouse_id: int) -> float:
        """Return what the variance of a pair is multiplied by; 1 in calm."""
        return self.safety_factors.get((sku_id, warehouse_id), 1.0)

    def delay_days(self, *, supplier_id: int, country: str, mode: str, warehouse_id: int) -> int:
        """Return the days to add to a lead time: the longest of the flags that fit."""
        fitting = (
            one.days
            for one in self.delays
            if one.fits(
                supplier_id=supplier_id, country=country, mode=mode, warehouse_id=warehouse_id
            )
        )
        return max(fitting, default=0)


def state(now: dt.datetime) -> RiskState:
    """Return what is known of risks at `now` (aware UTC). Four statements, whatever is stored."""
    mode = RiskMode.objects.filter(pk=1).first() or RiskMode()
    today = now.date()
    rows = DemandDeviation.objects.filter(verdict="fires").filter(
        Q(safety_until_on__gte=today) | Q(paused_until__gt=now)
    )
    paused: dict[Pair, dt.datetime] = {}
    factors: dict[Pair, float] = {}
    for row in rows.order_by("week_on", "pk"):
        pair = row.sku_id, row.warehouse_id
        if row.safety_until_on is not None and row.safety_until_on >= today:
            factors[pair] = row.safety_factor
        pause = pause_of(row)
        if pause is not None and pause.holds(now):
            paused[pair] = max(pause.until, paused.get(pair, pause.until))
    stopped = RiskResponse.objects.filter(level=1, state="active", supplier__isnull=False)
    supplier_ids = stopped.values_list("supplier_id", flat=True).order_by()
    return RiskState(
        is_conservative=mode.is_careful,
        since=mode.since,
        index=mode.index_value,
        causes=tuple(str(term["cause"]) for term in mode.terms if term.get("cause")),
        paused=MappingProxyType(paused),
        safety_factors=MappingProxyType(factors),
        delays=tuple(_delays(today)),
        interrupted_supplier_ids=frozenset(filter(None, supplier_ids)),
    )


def pause_of(row: DemandDeviation) -> Pause | None:
    """Return the pause of automatic orders that a deviation began; None: it began none."""
    if row.paused_at is None or row.paused_until is None:
        return None
    return Pause(row.paused_at, row.paused_until, approved_at=row.reviewed_at)


def open_flags(today: dt.date) -> Q:
    """Return the condition on flags that count on a day."""
    return Q(cleared_at__isnull=True, from_on__lte=today) & (
        Q(until_on__isnull=True) | Q(until_on__gte=today)
    )


def _delays(today: dt.date) -> list[Delay]:
    flags = RiskFlag.objects.filter(open_flags(today), delay_days__gt=0)
    return [
        Delay(
            days=flag.delay_days,
            reason=flag.reason,
            supplier_id=flag.supplier_id,
            mode=flag.mode,
            country=flag.country,
            warehouse_id=flag.warehouse_id,
        )
        for flag in flags.order_by("pk")
    ]
