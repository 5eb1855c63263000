"""Level 3: days that can't be true take their usual demand, with a report of who said so (B-43)."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction

from core import audit, files
from core.actors import Actor
from inventory.models import Sku, Warehouse
from orders.models import Channel
from planning.domain.risk import Response, preview
from planning.models import DemandEvent, RiskResponse, RiskStep
from planning.services import history
from planning.services.demand_cleaning import Cleaning
from planning.services.demand_lines import Cell
from planning.services.risk_errors import RiskChanged, RiskKnown, RiskOver, RiskRefused

MOST_DAYS: Final = 92
KIND: Final = "demand_report"
HEAD: Final = (
    "day",
    "sku",
    "warehouse",
    "channel",
    "before",
    "after",
    "same_weekdays_used",
    "reason",
    "corrected_by",
    "corrected_at",
)
Codes = Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysEntry:
    """Which days of a SKU are wrong, and why; without warehouse or channel all of them."""

    sku_id: int
    from_on: dt.date
    until_on: dt.date
    reason: str
    warehouse_id: int | None = None
    channel_id: int | None = None


@dataclass(frozen=True, slots=True)
class RepairedDay:
    """One day as the preview and the report show it."""

    on: dt.date
    warehouse: str
    channel: str
    before: float
    after: float
    used: int


@dataclass(frozen=True, slots=True)
class DaysPlan:
    """What excluding the days would change; nothing happened yet."""

    sku: Sku
    subject_key: str
    days: tuple[RepairedDay, ...]
    response: Response

    @property
    def digest(self) -> str:
        """Return a name of the steps; another one means that the demand changed."""
        return hashlib.sha256(repr(self.response.steps).encode()).hexdigest()[:16]


def plan(entry: DaysEntry, *, now: dt.datetime) -> DaysPlan:
    """Return which days would take the mean of the same weekday of the last 8 weeks.

    Raises:
        RiskRefused: no such SKU, no reason, or days that are too many or not over.
    """
    sku = Sku.objects.filter(pk=entry.sku_id).first()
    if sku is None:
        raise RiskRefused(what="SKU", why="choose one of the list.")
    if not entry.reason.strip():
        raise RiskRefused(what="Reason", why="write what went wrong on these days.")
    if entry.until_on < entry.from_on or entry.until_on >= now.date():
        raise RiskRefused(what="Days", why="the last one lies before the first, or is not over.")
    if (entry.until_on - entry.from_on).days >= MOST_DAYS:
        raise RiskRefused(what="Days", why=f"repair at most {MOST_DAYS} days at a time.")
    places = dict(Warehouse.objects.order_by("pk").values_list("pk", "code"))
    shops = dict(Channel.objects.order_by("pk").values_list("pk", "code"))
    found = history.foresee_marks(_event(entry, "", now), now=now)
    days = tuple(_day(cell, change, places, shops) for cell, change in found.items())
    key = f"days:{sku.code}:{entry.warehouse_id or '*'}:{entry.channel_id or '*'}"
    key = f"{key}:{entry.from_on}..{entry.until_on}"
    repaired = [
        (f"{day.on}:{day.warehouse}:{day.channel}", f"{day.before:g}", f"{day.after:g}")
        for day in days
    ]
    report = [(key, "", "report")] if repaired else []
    response = preview(3, {"REPAIR_DATA": repaired, "WRITE_REPORT": report})
    return DaysPlan(sku, key, days, response)


def declare(entry: DaysEntry, *, digest: str, actor: Actor, now: dt.datetime) -> RiskResponse:
    """Exclude the days that the preview showed, compute the SKU anew and keep the report.

    The report's file is on disk before its row is named. The demand as ordered never changes.

    Raises:
        RiskRefused: the entry can't be, or changes nothing.
        RiskChanged: the days are no longer those that were shown.
        RiskKnown: the same days are excluded already.
    """
    shown = plan(entry, now=now)
    active = RiskResponse.objects.filter(level=3, subject_key=shown.subject_key, state="active")
    if active.exists():
        raise RiskKnown(subject=shown.sku.code)
    if not shown.days:
        raise RiskRefused(what="Days", why="nothing of them would change.")
    if shown.digest != digest:
        raise RiskChanged
    name = f"demand-report-{shown.sku.code}-{entry.from_on}.csv"
    content = report_of(shown, entry.reason, actor, now)
    stored = files.store(content, name, KIND, content_type="text/csv")
    try:
        with transaction.atomic():
            return _write(shown, entry, stored.pk, actor, now)
    except IntegrityError as error:
        if active.exists():
            raise RiskKnown(subject=shown.sku.code) from error
        raise


def report_of(shown: DaysPlan, reason: str, actor: Actor, now: dt.datetime) -> bytes:
    """Return the report as CSV with a BOM: every day before and after, and who corrected it."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEAD)
    for day in shown.days:
        rows.writerow(
            [
                day.on.isoformat(),
                shown.sku.code,
                day.warehouse,
                day.channel,
                f"{day.before:g}",
                f"{day.after:g}",
                day.used,
                reason.strip(),
                actor.label,
                now.isoformat(),
            ]
        )
    return text.getvalue().encode("utf-8-sig")


def _write(
    shown: DaysPlan, entry: DaysEntry, file_id: int, actor: Actor, now: dt.datetime
) -> RiskResponse:
    response = RiskResponse.objects.create(
        level=3,
        subject_kind="days",
        subject_key=shown.subject_key,
        reason=entry.reason.strip(),
        file_id=file_id,
        declared_at=now,
        declared_by=actor.key,
    )
    event = _event(entry, actor.key, now)
    event.save()
    RiskStep.objects.bulk_create(
        [
            RiskStep(
                response=response,
                position=position,
                kind=step.kind,
                undo=step.undo,
                subject_key=step.subject_key,
                before=step.before,
                after=step.after,
                terms={"event_id": event.pk, "sku_id": shown.sku.pk},
                state=RiskStep.State.DONE,
                done_at=now,
            )
            for position, step in enumerate(shown.response.steps, start=1)
        ],
        batch_size=500,
    )
    history.rebuild(sku_ids=[shown.sku.pk], now=now)
    audit.record(
        actor=actor,
        action="planning.days_excluded",
        target=f"risk_response:{response.pk}",
        at=now,
        after={"sku": shown.sku.code, "days": len(shown.days)},
        reason=response.reason,
    )
    return response


def reverse(response_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> RiskResponse:
    """Let the days count as they were ordered again; the report stays, marked as taken back.

    Raises:
        RiskRefused: no reason.
        RiskOver: it was taken back before, or never was.
    """
    if not reason.strip():
        raise RiskRefused(what="Reason", why="write why it is taken back.")
    with transaction.atomic():
        done = RiskResponse.objects.filter(pk=response_id, level=3, state="active").update(
            state=RiskResponse.State.REVERSED,
            reversed_at=now,
            reversed_by=actor.key,
            reversal_reason=reason.strip(),
        )
        response = RiskResponse.objects.filter(pk=response_id).first()
        if not done or response is None:
            raise RiskOver(who=response.reversed_by if response else "—")
        step = response.steps.order_by("position").first()
        response.steps.update(state=RiskStep.State.UNDONE, undone_at=now)
        if step is not None:
            DemandEvent.objects.filter(pk=step.terms["event_id"]).delete()
            history.rebuild(sku_ids=[step.terms["sku_id"]], now=now)
        audit.record(
            actor=actor,
            action="planning.days_counted_again",
            target=f"risk_response:{response_id}",
            at=now,
            after={"subject": response.subject_key},
            reason=response.reversal_reason,
        )
    return response


def _event(entry: DaysEntry, author_key: str, now: dt.datetime) -> DemandEvent:
    return DemandEvent(
        kind=DemandEvent.Kind.ODD_DAYS,
        name=f"{entry.from_on} – {entry.until_on}",  # noqa: RUF001  # an en dash joins the days
        sku_id=entry.sku_id,
        warehouse_id=entry.warehouse_id,
        channel_id=entry.channel_id,
        from_on=entry.from_on,
        until_on=entry.until_on,
        reason=entry.reason.strip(),
        author_key=author_key,
        created_at=now,
    )


def _day(cell: Cell, change: Cleaning, places: Codes, shops: Codes) -> RepairedDay:
    _sku, warehouse_id, channel_id, on = cell
    return RepairedDay(
        on=on,
        warehouse=places[warehouse_id],
        channel=shops[channel_id],
        before=change.old_qty,
        after=change.new_qty,
        used=int(change.terms["weekdays"]),
    )
