"""Where a person knows better than the forecast: entered with a reason, expiring by itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit.recording import record
from core.errors import DomainError, gettext_noop
from planning.models import Forecast, ForecastOverride
from planning.queries import forecasts
from planning.services import forecast_outlook, withdrawing


class OverrideRefused(DomainError):
    """The override says too little, or for days that are over."""

    code = "OVERRIDE_REFUSED"
    status = 422
    text = gettext_noop("The override can't be kept: %(why)s")


@dataclass(frozen=True, slots=True)
class OverrideEntry:
    """What a person enters: `week_qty` units a week from `from_on` to `until_on`, both whole."""

    sku_id: int
    warehouse_id: int
    week_qty: int
    from_on: dt.date
    until_on: dt.date
    reason: str
    expires_on: dt.date


def enter(entry: OverrideEntry, *, actor: Actor, now: dt.datetime) -> ForecastOverride:
    """Keep an override and write the audit entry; one that starts the same day is withdrawn.

    Raises: OverrideRefused.
    """
    _check(entry, now.date())
    with transaction.atomic():
        same = ForecastOverride.objects.select_for_update().filter(
            sku_id=entry.sku_id,
            warehouse_id=entry.warehouse_id,
            from_on=entry.from_on,
            withdrawn_at__isnull=True,
        )
        before = same.values("week_qty", "until_on", "reason").first()
        same.update(withdrawn_at=now)
        row = ForecastOverride.objects.create(
            sku_id=entry.sku_id,
            warehouse_id=entry.warehouse_id,
            week_qty=entry.week_qty,
            from_on=entry.from_on,
            until_on=entry.until_on,
            reason=entry.reason.strip(),
            expires_on=entry.expires_on,
            author_key=actor.key,
            created_at=now,
        )
        record(
            actor=actor,
            action="planning.forecast_overridden",
            target=f"forecast_override:{row.pk}",
            at=now,
            before={name: str(value) for name, value in before.items()} if before else None,
            after={"week_qty": str(row.week_qty), "until_on": row.until_on.isoformat()},
            reason=row.reason,
        )
        forecast_outlook.refresh(now=now, sku_ids=[row.sku_id])
    return row


def withdraw(override_id: int, *, actor: Actor, now: dt.datetime) -> None:
    """Let the forecast count again.

    Raises: StateConflict when it was withdrawn before.
    """
    with transaction.atomic():
        known = ForecastOverride.objects.filter(pk=override_id)
        sku_ids = list(known.order_by("pk").values_list("sku_id", flat=True))
        withdrawing.withdraw(
            known,
            target=f"forecast_override:{override_id}",
            action="planning.forecast_override_withdrawn",
            actor=actor,
            now=now,
        )
        forecast_outlook.refresh(now=now, sku_ids=sku_ids)


def effective_weekly(row: Forecast, *, today: dt.date) -> list[float]:
    """Return the weeks of a forecast of all channels with the overrides that count today."""
    return forecasts.effective([row], today=today)[row.sku_id, row.warehouse_id]


def _check(entry: OverrideEntry, today: dt.date) -> None:
    if not entry.reason.strip():
        raise OverrideRefused(why=_("write a reason, so that others can judge it."))
    if entry.week_qty < 0:
        raise OverrideRefused(why=_("units a week are 0 or more."))
    if entry.until_on < entry.from_on or entry.until_on < today:
        raise OverrideRefused(why=_("the last day lies before the first day or before today."))
    if entry.expires_on < today:
        raise OverrideRefused(why=_("the day it expires is over."))
