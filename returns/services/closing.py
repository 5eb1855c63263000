"""End lines one by one, and the return with its last line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from core import audit
from core.actors import SYSTEM, Actor
from core.errors import NotFound, gettext_noop
from core.events import EventFact
from orders.models import Order
from returns.domain import states
from returns.models import ReturnLine, ReturnRequest
from returns.queries import returnable
from returns.services import progress
from returns.services.progress import Why

_State = ReturnLine.State
ENDED = (_State.CLOSED, _State.REJECTED, _State.CANCELLED)


class ReturnLineNotFound(NotFound):
    """No line of a return has this id."""

    code = "RETURN_LINE_NOT_FOUND"
    text = gettext_noop("This line of a return does not exist. Open its return again.")


@transaction.atomic
def close_line(line_id: int, *, actor: Actor, at: dt.datetime, state: str = "closed") -> bool:
    """End an open line, and the return when it was the last; say whether the return ended.

    `state` is closed, rejected or cancelled. A line that has ended stays as it is. Locks the
    return, then the line.

    Raises:
        ReturnLineNotFound: no such line.
    """
    if state not in ENDED:
        raise ValueError(state)
    row, line = lock_line(line_id)
    if line.state == _State.OPEN:
        ReturnLine.objects.filter(pk=line.pk, state=_State.OPEN).update(state=state)
        audit.record(
            actor=actor,
            action="returns.line_ended",
            target=row.key,
            after={"position": line.position, "state": state},
            at=at,
        )
    return _resolve_if_done(row, actor, at)


def lock_line(line_id: int) -> tuple[ReturnRequest, ReturnLine]:
    """Return a line and its return, both locked: the return first.

    Raises:
        ReturnLineNotFound: no such line.
    """
    owner = ReturnLine.objects.filter(pk=line_id).values_list("request_id", flat=True).first()
    if owner is None:
        raise ReturnLineNotFound
    row = progress.lock(owner)
    line = ReturnLine.objects.lock().get(pk=line_id)
    return row, line


@transaction.atomic
def try_resolve(request_id: int, *, actor: Actor, at: dt.datetime) -> bool:
    """End a return of which every line has ended and no goods are awaited; say whether it did.

    Goods are awaited until they are inspected, unless the customer keeps them or it is a claim:
    money that went out early does not end a return.

    Raises:
        ReturnNotFound: no such return.
    """
    return _resolve_if_done(progress.lock(request_id), actor, at)


def _resolve_if_done(row: ReturnRequest, actor: Actor, at: dt.datetime) -> bool:
    lines = list(ReturnLine.objects.filter(request=row).order_by("position"))
    if not lines or any(line.state == _State.OPEN for line in lines):
        return False
    awaited = [line for line in lines if line.state == _State.CLOSED and not line.is_kept]
    if awaited and row.status != states.INSPECTED and row.kind != ReturnRequest.Kind.CLAIM:
        return False
    return progress.move_if(row.pk, "resolve", actor=actor, at=at)


def on_inspected(facts: Sequence[EventFact]) -> None:
    """End returns whose money and goods were settled before the inspection."""
    for fact in facts:
        try_resolve(int(fact.payload["request_id"]), actor=SYSTEM, at=fact.at)


@transaction.atomic
def revive(request_id: int, *, actor: Actor, at: dt.datetime) -> int:
    """Open the lines of a cancelled, declined or expired return whose goods came all the same.

    Only lines whose units nobody asked for meanwhile; return how many. Locks the order, then the
    return. Repeatable.

    Raises:
        ReturnNotFound: no such return.
    """
    order = lock_order_of(request_id)
    row = progress.lock(request_id)
    ended = ReturnLine.objects.filter(
        request=row, state__in=(_State.REJECTED, _State.CANCELLED)
    ).order_by("position")
    if row.status != states.ARRIVED or not ended:
        return 0
    left = units_left(order)
    back = [
        line
        for line in ended
        if line.order_line_id is None or left.get(line.order_line_id, 0) >= line.qty
    ]
    ReturnLine.objects.filter(pk__in=[line.pk for line in back]).update(state=_State.OPEN)
    if back:
        why = Why(data={"lines": len(back)}, is_public=False)
        progress.note(row, "LINES_REVIVED", actor=actor, at=at, why=why)
    return len(back)


def lock_order_of(request_id: int) -> Order | None:
    """Lock the order of a return, which comes before the return; None where it has none."""
    owner = ReturnRequest.objects.filter(pk=request_id, order__isnull=False)
    return (
        Order.objects.lock().filter(pk__in=list(owner.values_list("order_id", flat=True))).first()
    )


def units_left(order: Order | None) -> dict[int, int]:
    """Return by order line the units that nobody asked back; empty without an order."""
    if order is None:
        return {}
    return {pk: one.left_qty for pk, one in returnable.units_of(order).by_id.items()}
