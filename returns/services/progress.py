"""The one hand that moves a return from state to state, and writes what happened to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from core import audit, events
from core.actors import Actor
from returns.domain import states
from returns.models import ReturnRequest, ReturnStep
from returns.services.errors import ReturnMoveRefused, ReturnNotFound

_TIMES = {
    states.APPROVED: "decided_at",
    states.REJECTED: "decided_at",
    states.IN_TRANSIT: "sent_at",
    states.ARRIVED: "arrived_at",
    states.INSPECTED: "inspected_at",
    states.RESOLVED: "closed_at",
    states.CANCELLED: "closed_at",
    states.EXPIRED: "closed_at",
}


@dataclass(frozen=True, slots=True)
class Why:
    """What is kept beside a step: the reason in words, facts, and whether the customer sees it."""

    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    is_public: bool = True


def lock(request_id: int) -> ReturnRequest:
    """Return the return, locked until the caller's transaction ends.

    Raises:
        ReturnNotFound: no such return.
    """
    row = ReturnRequest.objects.lock().filter(pk=request_id).first()
    if row is None:
        raise ReturnNotFound
    return row


@transaction.atomic
def move(
    request_id: int, event: str, *, actor: Actor, at: dt.datetime, why: Why | None = None
) -> ReturnRequest:
    """Take a return through one event of `domain.states.MOVES`; write step, audit and outbox.

    Locks the return. `at` is aware UTC.

    Raises:
        ReturnNotFound: no such return.
        ReturnMoveRefused: its state does not lead there.
    """
    row = lock(request_id)
    try:
        after = states.next_state(event, row.status)
    except states.IllegalMove as error:
        raise ReturnMoveRefused(number=row.number, state=row.status, event=event) from error
    return _go(row, event, after, _Step(actor, at, why or Why()))


@transaction.atomic
def move_if(
    request_id: int, event: str, *, actor: Actor, at: dt.datetime, why: Why | None = None
) -> bool:
    """Do `move` where the table allows it, else nothing; say whether it moved.

    For listeners, which may hear a fact twice or late.

    Raises:
        ReturnNotFound: no such return.
    """
    row = lock(request_id)
    if not states.may(event, row.status):
        return False
    _go(row, event, states.next_state(event, row.status), _Step(actor, at, why or Why()))
    return True


def note(
    row: ReturnRequest, code: str, *, actor: Actor, at: dt.datetime, why: Why | None = None
) -> ReturnStep:
    """Write a step that changes no state: a refund paid, a photo added, a message sent."""
    why = why or Why()
    return ReturnStep.objects.create(
        request=row,
        code=code,
        is_public=why.is_public,
        reason=why.reason[:500],
        data=dict(why.data),
        at=at,
        by=actor.key,
    )


@dataclass(frozen=True, slots=True)
class _Step:
    actor: Actor
    at: dt.datetime
    why: Why


def _go(row: ReturnRequest, event: str, after: str, step: _Step) -> ReturnRequest:
    before = row.status
    columns: dict[str, Any] = {
        "status": after,
        "updated_at": step.at,
        "version": row.version + 1,
    }
    if after in _TIMES:
        columns[_TIMES[after]] = step.at
    if event in ("approve", "reject"):
        columns |= {"decided_by": step.actor.key, "decision_reason": step.why.reason[:500]}
    if event == "reopen":
        columns["closed_at"] = None
    # SQLite has no row locks: the state read above must still stand.
    if not ReturnRequest.objects.filter(pk=row.pk, status=before).update(**columns):
        raise ReturnMoveRefused(number=row.number, state=before, event=event)
    for name, value in columns.items():
        setattr(row, name, value)
    _write(row, event, (before, after), step)
    return row


def _write(row: ReturnRequest, event: str, states_: tuple[str, str], step: _Step) -> None:
    before, after = states_
    ReturnStep.objects.create(
        request=row,
        code=event,
        from_state=before,
        to_state=after,
        is_public=step.why.is_public,
        reason=step.why.reason[:500],
        data=dict(step.why.data),
        at=step.at,
        by=step.actor.key,
    )
    audit.record(
        actor=step.actor,
        action=f"returns.{event}",
        target=row.key,
        at=step.at,
        before={"status": before},
        after={"status": after, **step.why.data},
        reason=step.why.reason,
    )
    name = states.EVENT_OF.get(event)
    if name:
        events.publish(name, target=row.key, at=step.at, **payload(row))


def payload(row: ReturnRequest) -> dict[str, int | str]:
    """Return what every event of a return says: its ids."""
    facts: dict[str, int | str] = {"request_id": row.pk, "number": row.number}
    if row.order_id is not None:
        facts["order_id"] = row.order_id
    return facts
