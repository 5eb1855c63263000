"""Decide on returns: approve, decline, call off, change an outcome, let the unused ones expire."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from core import audit, settings_store
from core.actors import SYSTEM, Actor
from core.errors import InputRefused, StateConflict, gettext_noop
from returns.domain import request_settings, states
from returns.models import ReturnLine, ReturnRequest
from returns.services import closing, progress
from returns.services.errors import ReturnMoveRefused, ReturnReasonMissing
from returns.services.progress import Why
from returns.services.request_errors import UnitsGone

_State, _Resolution = ReturnLine.State, ReturnLine.Resolution
#: Outcomes a line may be given by a person; declining a line is one of them.
OUTCOMES = frozenset(
    {"refund", "store_credit", "exchange", "replacement", "repair", "returnless", "reject"}
)
BATCH = 200


class OutcomeUnknown(InputRefused):
    """No outcome has this name, or an exchange lacks what is wanted."""

    code = "OUTCOME_UNKNOWN"
    text = gettext_noop("Choose an outcome from the list, and for an exchange what is wanted.")


class LineEnded(StateConflict):
    """The line is settled: its outcome can't change any more."""

    code = "RETURN_LINE_ENDED"
    text = gettext_noop("This line is settled. Its outcome can't change any more.")


@transaction.atomic
def approve(request_id: int, *, actor: Actor, at: dt.datetime, reason: str = "") -> ReturnRequest:
    """Say yes: the label can be made, kept goods count as accepted, the time to send starts.

    Raises:
        ReturnNotFound: no such return.
        ReturnMoveRefused: it is decided already.
    """
    row = progress.move(request_id, "approve", actor=actor, at=at, why=Why(reason))
    row.send_by_on = (at + dt.timedelta(days=_send_days())).date()
    row.save(update_fields=["send_by_on"])
    ReturnLine.objects.filter(request=row, is_kept=True, state=_State.OPEN).update(
        accepted_qty=F("qty")
    )
    return row


@transaction.atomic
def reject(request_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Say no; the customer reads why, and the units are free for another request.

    Raises:
        ReturnReasonMissing: `reason` is empty.
        ReturnNotFound: no such return.
        ReturnMoveRefused: it is decided already.
    """
    _demand(reason)
    row = progress.move(request_id, "reject", actor=actor, at=at, why=Why(reason.strip()))
    _end_lines(row, _State.REJECTED)
    return row


@transaction.atomic
def cancel(
    request_id: int, *, reason: str, actor: Actor, at: dt.datetime, by_customer: bool = False
) -> ReturnRequest:
    """Call a return off before the goods are handed over; a customer needs no reason.

    Raises:
        ReturnReasonMissing: staff gave no reason.
        ReturnNotFound: no such return.
        ReturnMoveRefused: the goods are under way, or it ended.
    """
    if not by_customer:
        _demand(reason)
    why = Why(reason.strip(), {"by": "customer" if by_customer else "staff"})
    row = progress.move(request_id, "cancel", actor=actor, at=at, why=why)
    _end_lines(row, _State.CANCELLED)
    return row


@transaction.atomic
def reopen(request_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> ReturnRequest:
    """Take a decision back: a declined return is judged again, an expired one may be sent.

    Raises:
        ReturnReasonMissing: `reason` is empty.
        ReturnMoveRefused: there is nothing to take back.
        UnitsGone: another return has its units meanwhile.
    """
    _demand(reason)
    left = closing.units_left(closing.lock_order_of(request_id))
    row = progress.move(request_id, "reopen", actor=actor, at=at, why=Why(reason.strip()))
    ended = ReturnLine.objects.filter(
        request=row, state__in=(_State.REJECTED, _State.CANCELLED), kind=ReturnLine.Kind.EXPECTED
    )
    if row.status != states.INSPECTED:
        for line in ended.order_by("position"):
            free = left.get(line.order_line_id or 0, line.qty)
            if free < line.qty:
                raise UnitsGone(name=line.description, left=free, qty=line.qty)
        ended.update(state=_State.OPEN)
    return row


@dataclass(frozen=True, slots=True)
class LineChange:
    """What staff decide against the policy for one line; None leaves a fact as it is."""

    restocking_share: Decimal | None = None
    bonus_share: Decimal | None = None
    is_kept: bool | None = None
    resolution: str | None = None
    exchange_sku_id: int | None = None


@transaction.atomic
def override_line(
    line_id: int, change: LineChange, *, reason: str, actor: Actor, at: dt.datetime
) -> ReturnLine:
    """Decide a line otherwise than the policy did; the reason and both values stay in the log.

    A kept line is accepted at once where the return is approved. Locks the return, then the line.

    Raises:
        ReturnReasonMissing: `reason` is empty.
        OutcomeUnknown: no such outcome, or an exchange for nothing.
        LineEnded: the line is settled.
        ReturnMoveRefused: the return has ended.
    """
    _demand(reason)
    row, line = closing.lock_line(line_id)
    if row.status not in states.OPEN_STATES:
        raise ReturnMoveRefused(number=row.number, state=row.status, event="override")
    if line.state != _State.OPEN:
        raise LineEnded
    before = _facts(line)
    _apply(line, change, is_approved=row.decided_at is not None)
    line.save()
    after = _facts(line)
    audit.record(
        actor=actor,
        action="returns.line_changed",
        target=row.key,
        before=before,
        after=after,
        reason=reason.strip(),
        at=at,
    )
    why = Why(reason.strip(), {"position": line.position, **after}, is_public=False)
    progress.note(row, "LINE_CHANGED", actor=actor, at=at, why=why)
    return line


def change_resolution(
    line_id: int,
    resolution: str,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    exchange_sku_id: int | None = None,
) -> ReturnLine:
    """Give an open line another outcome.

    Raises:
        ReturnReasonMissing, OutcomeUnknown, LineEnded, ReturnMoveRefused: as `override_line`.
    """
    change = LineChange(resolution=resolution, exchange_sku_id=exchange_sku_id)
    return override_line(line_id, change, reason=reason, actor=actor, at=at)


def _apply(line: ReturnLine, change: LineChange, *, is_approved: bool) -> None:
    if change.restocking_share is not None:
        line.restocking_share = change.restocking_share
    if change.bonus_share is not None:
        line.bonus_share = change.bonus_share
    if change.resolution is not None:
        _set_outcome(line, change)
    if change.is_kept is not None:
        line.is_kept = change.is_kept
        if line.resolution in (_Resolution.REFUND, _Resolution.RETURNLESS):
            line.resolution = _Resolution.RETURNLESS if line.is_kept else _Resolution.REFUND
    if line.resolution == _Resolution.EXCHANGE and line.exchange_sku_id is None:
        raise OutcomeUnknown
    if line.is_kept:
        line.accepted_qty = line.qty if is_approved else 0
    elif not line.received_qty:
        line.accepted_qty = 0


def _set_outcome(line: ReturnLine, change: LineChange) -> None:
    if change.resolution not in OUTCOMES:
        raise OutcomeUnknown
    line.resolution = change.resolution
    line.exchange_sku_id = change.exchange_sku_id
    line.is_kept |= change.resolution == _Resolution.RETURNLESS


def _facts(line: ReturnLine) -> dict[str, str]:
    return {
        "resolution": str(line.resolution),
        "restocking_share": str(line.restocking_share),
        "bonus_share": str(line.bonus_share),
        "is_kept": str(line.is_kept),
    }


def expire_due(now: dt.datetime) -> int:
    """End approved returns whose goods were not handed over in time; return how many. Repeatable.

    Each in a transaction of its own, so one that moves meanwhile keeps nobody back.
    """
    due = ReturnRequest.objects.filter(
        status__in=(states.APPROVED, states.LABEL_ISSUED), send_by_on__lt=now.date()
    ).exclude(method=ReturnRequest.Method.KEEP)
    count = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            row = progress.lock(pk)
            if row.send_by_on is None or row.send_by_on >= now.date():
                continue
            if progress.move_if(pk, "expire", actor=SYSTEM, at=now):
                _end_lines(row, _State.CANCELLED)
                count += 1
    return count


def _end_lines(row: ReturnRequest, state: str) -> None:
    ReturnLine.objects.filter(request=row, state=_State.OPEN).update(state=state)


def _send_days() -> int:
    return int(str(settings_store.get(request_settings.SEND_WITHIN_DAYS.name)))


def _demand(reason: str) -> None:
    if not reason.strip():
        raise ReturnReasonMissing
