"""The calendar of demand: promotions, events and seasons that are known in advance."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core.actors import Actor
from core.audit.recording import record
from core.errors import DomainError, StateConflict, gettext_noop
from planning.models import DemandEvent

KINDS = frozenset({"promotion", "event", "season"})
MOST_FACTOR = 100


class EventRefused(DomainError):
    """The event says too little, or for days that are over."""

    code = "DEMAND_EVENT_REFUSED"
    status = 422
    text = gettext_noop("The event can't be kept: %(why)s")


@dataclass(frozen=True, slots=True)
class EventEntry:
    """Days of a SKU, a category, a warehouse, a channel, or all of them (None, ""), inclusive.

    `factor` is what the forecast of these days is multiplied by; None marks them only.
    """

    kind: str
    name: str
    from_on: dt.date
    until_on: dt.date
    factor: Decimal | None
    reason: str
    sku_id: int | None = None
    category: str = ""
    warehouse_id: int | None = None
    channel_id: int | None = None


def enter(entry: EventEntry, *, actor: Actor, now: dt.datetime) -> DemandEvent:
    """Write an event and its audit entry; it counts from the next run on.

    Raises: EventRefused.
    """
    check(entry)
    with transaction.atomic():
        row = DemandEvent.objects.create(**asdict(entry), author_key=actor.key, created_at=now)
        record(
            actor=actor,
            action="planning.event_entered",
            target=f"demand_event:{row.pk}",
            at=now,
            after=_said(entry),
            reason=entry.reason,
        )
    return row


def change(event_id: int, entry: EventEntry, *, actor: Actor, now: dt.datetime) -> None:
    """Write an event anew; what it was stands in the audit entry.

    Raises: EventRefused; StateConflict when it is gone.
    """
    check(entry)
    with transaction.atomic():
        row = _locked(event_id)
        before = _said(entry_of(row))
        for name, value in asdict(entry).items():
            setattr(row, name, value)
        row.save(update_fields=list(asdict(entry)))
        record(
            actor=actor,
            action="planning.event_changed",
            target=f"demand_event:{event_id}",
            at=now,
            before=before,
            after=_said(entry),
            reason=entry.reason,
        )


def end(event_id: int, *, reason: str, actor: Actor, now: dt.datetime) -> bool:
    """End an event: yesterday is its last day, or it is taken off when it has not begun.

    Return whether it stays in the calendar.

    Raises: EventRefused when it is over already; StateConflict when it is gone.
    """
    today = now.astimezone(dt.UTC).date()
    with transaction.atomic():
        row = _locked(event_id)
        if row.until_on < today:
            raise EventRefused(why=_("it is over; its days stay as they were."))
        before = _said(entry_of(row))
        stays = row.from_on < today
        if stays:
            row.until_on = today - dt.timedelta(days=1)
            row.save(update_fields=["until_on"])
        else:
            row.delete()
        record(
            actor=actor,
            action="planning.event_ended",
            target=f"demand_event:{event_id}",
            at=now,
            before=before,
            reason=reason,
        )
    return stays


def check(entry: EventEntry) -> None:
    """Refuse what the calendar can't hold, with the reason.

    Raises: EventRefused.
    """
    if entry.kind not in KINDS:
        raise EventRefused(why=_("kinds are promotion, event and season."))
    if not entry.name.strip():
        raise EventRefused(why=_("name it, so that others know it again."))
    if not entry.reason.strip():
        raise EventRefused(why=_("write a reason, so that others can judge it."))
    if entry.until_on < entry.from_on:
        raise EventRefused(why=_("the last day lies before the first day."))
    if entry.factor is not None and not 0 < entry.factor <= MOST_FACTOR:
        raise EventRefused(why=_("the factor is above 0 and at most 100."))
    if entry.sku_id is not None and entry.category:
        raise EventRefused(why=_("name a SKU or a category, not both."))


def entry_of(row: DemandEvent) -> EventEntry:
    """Return an event as it was entered."""
    return EventEntry(
        kind=row.kind,
        name=row.name,
        from_on=row.from_on,
        until_on=row.until_on,
        factor=row.factor,
        reason=row.reason,
        sku_id=row.sku_id,
        category=row.category,
        warehouse_id=row.warehouse_id,
        channel_id=row.channel_id,
    )


def _locked(event_id: int) -> DemandEvent:
    rows = DemandEvent.objects.select_for_update().filter(pk=event_id, kind__in=KINDS)
    row = rows.first()
    if row is None:
        raise StateConflict
    return row


def _said(entry: EventEntry) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(entry).items() if value not in {None, ""}}
