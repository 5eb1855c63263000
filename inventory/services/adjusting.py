"""Adjust stock by hand: small differences at once, larger ones after a second person agreed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from core import audit, settings_store
from core.actors import Actor
from core.errors import NotFound, StateConflict, gettext_noop
from inventory.domain import defaults
from inventory.domain.cycle_counts import Limits
from inventory.domain.lines import AdjustLine
from inventory.models import AdjustmentRequest, Bin, BinStock
from inventory.services import announcing, stock
from inventory.services.count_settling import unit_values
from inventory.services.ledger import BinShort
from inventory.services.move_facts import BadQuantity, check_reason

State = AdjustmentRequest.State


class AdjustmentMissing(NotFound):
    """No such adjustment."""

    code = "ADJUSTMENT_MISSING"
    text = gettext_noop("This adjustment does not exist. Reload the list.")


class AdjustmentDecided(StateConflict):
    """Somebody decided on an adjustment already."""

    code = "ADJUSTMENT_DECIDED"
    text = gettext_noop("This adjustment is %(state)s already. Reload the list.")


class SecondPersonNeeded(StateConflict):
    """Nobody approves the own adjustment."""

    code = "SECOND_PERSON_NEEDED"
    text = gettext_noop("You asked for this adjustment. Somebody else must approve it.")


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What became of an adjustment: booked, or waiting for a second person."""

    is_booked: bool
    request: AdjustmentRequest | None = None


def limits() -> Limits:
    """Return what one person may adjust."""
    return Limits(
        int(str(settings_store.get(defaults.ADJUST_LIMIT_UNITS.name))),
        Decimal(str(settings_store.get(defaults.ADJUST_LIMIT_AMOUNT.name))),
    )


@transaction.atomic
def adjust(
    line: AdjustLine, *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> Adjusted:
    """Book a difference of one bin, SKU and lot, or ask for a second person above the limits.

    Broken promises are told in the same transaction. Idempotent by `event_key`.

    Raises:
        What `stock.adjust` raises: nothing is written.
    """
    check_reason(reason)
    units = line.delta_qty
    if type(units) is not int or not units:
        raise BadQuantity(qty=units)
    warehouse_id = Bin.objects.values_list("warehouse_id", flat=True).get(pk=line.bin_id) or 0
    worth = unit_values(warehouse_id, [line.sku_id]).get(line.sku_id, Decimal(0))
    amount = abs(units) * worth
    if not limits().exceeded_by(abs(units), amount):
        _book(line, event_key=event_key, reason=reason, actor=actor, at=at)
        return Adjusted(True)
    _check_there(line)
    row, _created = AdjustmentRequest.objects.get_or_create(
        request_key=event_key[:100],
        defaults={
            "bin_id": line.bin_id,
            "sku_id": line.sku_id,
            "lot_id": line.lot_id,
            "condition": line.condition,
            "delta_qty": units,
            "value_amount": amount.quantize(Decimal("0.0001")),
            "reason": reason,
            "requested_at": at,
            "requested_by": actor.key,
        },
    )
    return Adjusted(False, row)


@transaction.atomic
def approve(request_id: int, *, actor: Actor, at: dt.datetime) -> AdjustmentRequest:
    """Book an adjustment somebody else asked for. Two approvals at once book once.

    Raises:
        AdjustmentMissing, AdjustmentDecided, SecondPersonNeeded: as named.
        BinShort: the bin holds fewer units now than are to go.
    """
    row = _decide(request_id, State.BOOKED, actor=actor, at=at)
    line = AdjustLine(
        row.bin_id, row.sku_id, row.delta_qty, lot_id=row.lot_id, condition=row.condition
    )
    _book(line, event_key=f"adjustment:{row.pk}", reason=row.reason, actor=actor, at=at)
    return row


@transaction.atomic
def refuse(request_id: int, *, actor: Actor, at: dt.datetime, note: str) -> AdjustmentRequest:
    """Refuse an adjustment somebody else asked for; nothing is booked.

    Raises:
        AdjustmentMissing, AdjustmentDecided, SecondPersonNeeded: as named.
    """
    return _decide(request_id, State.REFUSED, actor=actor, at=at, note=note)


def _check_there(line: AdjustLine) -> None:
    """Refuse at once what could never be booked: more units gone than the bin holds."""
    rows = BinStock.objects.filter(bin_id=line.bin_id, sku_id=line.sku_id, condition=line.condition)
    lots = rows.filter(lot=None) if line.lot_id is None else rows.filter(lot_id=line.lot_id)
    qty = sum(lots.values_list("qty", flat=True))
    if qty + line.delta_qty < 0:
        raise BinShort(free_qty=qty)


def _book(line: AdjustLine, *, event_key: str, reason: str, actor: Actor, at: dt.datetime) -> None:
    result = stock.adjust([line], event_key=event_key, actor=actor, at=at, reason=reason)
    if not result.repeated:
        announcing.announce_broken(result.broken, at=at)


def _decide(
    request_id: int, state: str, *, actor: Actor, at: dt.datetime, note: str = ""
) -> AdjustmentRequest:
    row = AdjustmentRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None:
        raise AdjustmentMissing(request_id=request_id)
    if row.state != State.WAITING:
        raise AdjustmentDecided(state=row.get_state_display())
    if row.requested_by == actor.key:
        raise SecondPersonNeeded
    row.state, row.decided_at, row.decided_by, row.note = state, at, actor.key, note[:200]
    changed = AdjustmentRequest.objects.filter(pk=row.pk, state=State.WAITING).update(
        state=state, decided_at=at, decided_by=actor.key, note=row.note
    )
    if not changed:
        raise AdjustmentDecided(state=row.get_state_display())
    audit.record(
        actor=actor,
        action=f"inventory.adjustment_{state}",
        target=f"adjustment:{row.pk}",
        at=at,
        before={"state": State.WAITING.value},
        after={"state": state, "delta_qty": row.delta_qty},
        reason=note or row.reason,
    )
    return row
