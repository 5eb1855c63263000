"""Deliver facts to their listeners: exactly once each, in order per target.

Two steps. *Hand out*: each new fact gets one `HandledEvent` row per listener. *Deliver*: per
listener, the rows that are due go in one batch, and turn to `handled` in the transaction of the
listener's effects. A batch that fails or kills its process is taken apart: its rows go one by
one, so that only the poisonous fact is set aside. Attempts are committed before each try.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import F, Max

from core.crashpoints import crashpoint
from core.events.publishing import EventFact
from core.models.events import HandledEvent, OutboxEvent
from core.retrying import MAX_ATTEMPTS, back_off
from core.wiring import resolve, wired

logger = logging.getLogger(__name__)

BATCH = 500
Listener = Callable[[list[EventFact]], None]


class BatchTaken(Exception):
    """Another process delivers the same rows; this one leaves them alone."""


def deliver_due(now: dt.datetime) -> int:
    """Hand out new facts and deliver one batch per listener; return how many rows were handled.

    Repeatable and safe beside itself: a row is handled once. Call it outside of a transaction.
    """
    hand_out(now)
    handlers = HandledEvent.objects.due(now).order_by("handler")
    names = list(handlers.values_list("handler", flat=True).distinct())
    return sum(_deliver_to(name, now) for name in names)


def is_anything_due(now: dt.datetime) -> bool:
    """Say whether `deliver_due` would find work at `now`."""
    return OutboxEvent.objects.pending().exists() or HandledEvent.objects.due(now).exists()


@transaction.atomic
def hand_out(now: dt.datetime) -> int:
    """Give each listener its row for up to 500 new facts; return how many facts. Repeatable."""
    handlers: dict[str, tuple[str, ...]] = wired("EVENT_HANDLERS")
    events = list(OutboxEvent.objects.pending()[:BATCH])
    taken = OutboxEvent.objects.pending().filter(pk__in=[event.pk for event in events])
    taken.update(handed_at=now)
    HandledEvent.objects.bulk_create(
        [
            HandledEvent(event=event, handler=handler, retry_at=now)
            for event in events
            for handler in handlers.get(event.name, ())
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return len(events)


def _deliver_to(handler: str, now: dt.datetime) -> int:
    rows = _rows_in_order(handler, now)
    fresh = [row for row in rows if row.attempts == 0]
    handled = 0
    if fresh:
        _count_attempt(fresh)
        try:
            handled, error = _attempt(handler, fresh, now)
        except BatchTaken:
            return 0
        if error is not None:
            # Which fact is at fault shows when they go one by one.
            return _deliver_singly(handler, rows, now)
    single = [row for row in rows if row not in fresh]
    return handled + _deliver_singly(handler, single, now)


def _rows_in_order(handler: str, now: dt.datetime) -> list[HandledEvent]:
    """Return the due rows of a listener, without targets of which an earlier fact must wait."""
    mine = HandledEvent.objects.filter(handler=handler)
    resting = dict(
        mine.resting(now).order_by().values_list("event__target").annotate(until=Max("retry_at"))
    )
    rows = list(mine.due(now).select_related("event")[:BATCH])
    held: dict[str, list[int]] = {}
    for row in rows:
        if row.event.target in resting:
            held.setdefault(row.event.target, []).append(row.pk)
    for target, keys in held.items():
        mine.filter(pk__in=keys).update(retry_at=resting[target])
    return [row for row in rows if row.event.target not in resting]


def _count_attempt(rows: Sequence[HandledEvent]) -> None:
    HandledEvent.objects.filter(pk__in=[row.pk for row in rows], state="waiting").update(
        attempts=F("attempts") + 1
    )
    crashpoint("events_attempt_counted")


def _attempt(
    handler: str, rows: Sequence[HandledEvent], now: dt.datetime
) -> tuple[int, Exception | None]:
    """Let a listener handle rows; return how many it did, and what it raised (docs/adr/0003)."""
    try:
        return _handle(handler, rows, now), None
    except BatchTaken:
        raise
    except Exception as error:
        keys = [row.pk for row in rows]
        logger.exception("core.events.failed", extra={"handler": handler, "rows": keys})
        return 0, error


@transaction.atomic
def _handle(handler: str, rows: Sequence[HandledEvent], now: dt.datetime) -> int:
    """Turn the rows to handled and let the listener work, both in this transaction."""
    taken = HandledEvent.objects.filter(pk__in=[row.pk for row in rows], state="waiting")
    if taken.update(state="handled", handled_at=now) != len(rows):
        raise BatchTaken
    listener: Listener = resolve(handler)
    listener([_fact(row.event) for row in rows])
    crashpoint("events_handled")
    return len(rows)


def _fact(event: OutboxEvent) -> EventFact:
    return EventFact(event.pk, event.name, event.target, event.at, event.payload)


def _deliver_singly(handler: str, rows: Sequence[HandledEvent], now: dt.datetime) -> int:
    handled, stopped = 0, set()
    for row in rows:
        if row.event.target in stopped:
            continue
        if row.attempts >= MAX_ATTEMPTS:
            _give_up(row, "The worker died each time it tried.")
            continue
        _count_attempt([row])
        try:
            count, error = _attempt(handler, [row], now)
        except BatchTaken:
            stopped.add(row.event.target)
            continue
        handled += count
        if error is not None:
            _failed(row, f"{type(error).__name__}: {error}"[:500], now)
            stopped.add(row.event.target)
    return handled


def _failed(row: HandledEvent, reason: str, now: dt.datetime) -> None:
    row.refresh_from_db(fields=["attempts"])
    if row.attempts >= MAX_ATTEMPTS:
        _give_up(row, reason)
        return
    HandledEvent.objects.filter(pk=row.pk, state="waiting").update(
        retry_at=now + back_off(row.attempts), error=reason
    )


def _give_up(row: HandledEvent, reason: str) -> None:
    HandledEvent.objects.filter(pk=row.pk, state="waiting").update(
        state="dead", error=row.error or reason
    )
    logger.error("core.events.dead", extra={"handler": row.handler, "event": row.event_id})


@transaction.atomic
def replay(row_id: int, *, at: dt.datetime) -> None:
    """Let a listener try a fact again that was given up for it. Repeatable."""
    HandledEvent.objects.filter(pk=row_id, state="dead").update(
        state="waiting", attempts=1, retry_at=at
    )
