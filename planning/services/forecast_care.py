"""What people decide about how a SKU is forecast: its method, its like, days that don't count."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit.recording import record
from core.errors import DomainError, StateConflict, gettext_noop
from planning.domain.methods import OWN_METHODS
from planning.models import DemandAnalogue, DemandEvent, DemandHistory, Forecast, MethodLock
from planning.queries import forecasts as reads
from planning.services import history
from planning.services.withdrawing import withdraw


class ForecastChangeRefused(DomainError):
    """The decision says too little, or fits nothing."""

    code = "FORECAST_CHANGE_REFUSED"
    status = 422
    text = gettext_noop("The change can't be kept: %(why)s")


@dataclass(frozen=True, slots=True)
class Place:
    """A SKU at a warehouse, and why something is decided about it."""

    sku_id: int
    warehouse_id: int
    reason: str


def lock_method(place: Place, method: str, *, actor: Actor, now: dt.datetime) -> MethodLock:
    """Fix the method for the coming runs and write the audit entry; an open lock is withdrawn.

    Raises: ForecastChangeRefused.
    """
    reason = _reason(place)
    if method not in OWN_METHODS:
        raise ForecastChangeRefused(why=_("choose one of the methods listed."))
    with transaction.atomic():
        open_ = MethodLock.objects.select_for_update().open()
        same = open_.filter(sku_id=place.sku_id, warehouse_id=place.warehouse_id)
        before = same.values("method", "reason").first()
        same.update(withdrawn_at=now)
        row = MethodLock.objects.create(
            sku_id=place.sku_id,
            warehouse_id=place.warehouse_id,
            method=method,
            reason=reason,
            author_key=actor.key,
            created_at=now,
        )
        record(
            actor=actor,
            action="planning.method_locked",
            target=f"method_lock:{row.pk}",
            at=now,
            before=before,
            after={"method": method},
            reason=reason,
        )
    return row


def unlock_method(lock_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let the runs choose again.

    Raises: StateConflict when it was withdrawn before.
    """
    withdraw(
        MethodLock.objects.filter(pk=lock_id),
        target=f"method_lock:{lock_id}",
        action="planning.method_unlocked",
        actor=actor,
        now=now,
    )


def liken(
    place: Place,
    like_sku_id: int | None,
    multiplier: Decimal,
    *,
    actor: Actor,
    now: dt.datetime,
) -> DemandAnalogue:
    """Say what a new SKU is expected to sell like; None = the middle of its category.

    Counts from the next run, for as long as the SKU sells less than eight weeks. One that was
    said before is withdrawn.

    Raises: ForecastChangeRefused.
    """
    reason = _reason(place)
    if not 0 < multiplier <= 100:
        raise ForecastChangeRefused(why=_("the multiplier is above 0 and at most 100."))
    if like_sku_id == place.sku_id:
        raise ForecastChangeRefused(why=_("a SKU is not its own like; choose another one."))
    if like_sku_id is not None:
        _check_like(like_sku_id, place.warehouse_id)
    with transaction.atomic():
        same = DemandAnalogue.objects.select_for_update().open()
        same = same.filter(sku_id=place.sku_id, warehouse_id=place.warehouse_id)
        same.update(withdrawn_at=now)
        row = DemandAnalogue.objects.create(
            sku_id=place.sku_id,
            warehouse_id=place.warehouse_id,
            like_sku_id=like_sku_id,
            multiplier=multiplier,
            reason=reason,
            author_key=actor.key,
            created_at=now,
        )
        record(
            actor=actor,
            action="planning.analogue_entered",
            target=f"demand_analogue:{row.pk}",
            at=now,
            after={"like_sku": str(like_sku_id or "category"), "multiplier": str(multiplier)},
            reason=reason,
        )
    return row


def withdraw_likeness(analogue_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let the SKU speak for itself from the next run on.

    Raises: StateConflict when it was withdrawn before.
    """
    withdraw(
        DemandAnalogue.objects.filter(pk=analogue_id),
        target=f"demand_analogue:{analogue_id}",
        action="planning.analogue_withdrawn",
        actor=actor,
        now=now,
    )


def leave_out(
    place: Place, first: dt.date, last: dt.date, *, actor: Actor, now: dt.datetime
) -> DemandEvent:
    """Mark days of a SKU as odd: what is usual on such days counts in their place.

    The orders stay as they are; the cleaned history of the SKU is written anew at once, forecasts
    follow with the next run.

    Raises: ForecastChangeRefused.
    """
    reason = _reason(place)
    today = now.astimezone(dt.UTC).date()
    if last < first or first > today:
        raise ForecastChangeRefused(why=_("the days lie in the past, the first before the last."))
    seen = DemandHistory.objects.filter(sku_id=place.sku_id, warehouse_id=place.warehouse_id)
    if not seen.filter(on__gte=first, on__lte=last).exists():
        raise ForecastChangeRefused(why=_("nothing was asked for on these days."))
    with transaction.atomic():
        row = DemandEvent.objects.create(
            kind=DemandEvent.Kind.ODD_DAYS,
            name=reason[:120],
            sku_id=place.sku_id,
            warehouse_id=place.warehouse_id,
            from_on=first,
            until_on=last,
            reason=reason,
            author_key=actor.key,
            created_at=now,
        )
        record(
            actor=actor,
            action="planning.days_left_out",
            target=f"demand_event:{row.pk}",
            at=now,
            after={"from_on": first.isoformat(), "until_on": last.isoformat()},
            reason=reason,
        )
        history.rebuild(now=now, sku_ids=[place.sku_id])
    return row


def count_again(event_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Take the mark off odd days of one SKU: they count as they were.

    Raises: StateConflict when the mark is gone.
    """
    with transaction.atomic():
        marks = DemandEvent.objects.filter(pk=event_id, kind=DemandEvent.Kind.ODD_DAYS)
        found = marks.filter(sku__isnull=False).values("sku_id", "from_on", "until_on").first()
        if found is None or not marks.delete()[0]:
            raise StateConflict
        record(
            actor=actor,
            action="planning.days_counted_again",
            target=f"demand_event:{event_id}",
            at=now,
            before={name: str(value) for name, value in found.items()},
        )
        history.rebuild(now=now, sku_ids=[found["sku_id"]])


def _reason(place: Place) -> str:
    reason = place.reason.strip()
    if not reason:
        raise ForecastChangeRefused(why=_("write a reason, so that others can judge it."))
    return reason


def _check_like(like_sku_id: int, warehouse_id: int) -> None:
    run = reads.latest_run()
    known = Forecast.objects.filter(run=run, sku_id=like_sku_id, warehouse_id=warehouse_id)
    if run is None or not known.exists():
        raise ForecastChangeRefused(
            why=_("the other SKU has no forecast at this warehouse; choose one that sells there.")
        )
