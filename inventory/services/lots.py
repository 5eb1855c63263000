"""Lots: created at receipt, held, released, recalled. A held lot is not promised and not picked.

Locks: the lot, then the levels it lies in, each in pk order. Whoever brings units of a lot into a
warehouse locks the lot first, so a hold sees every level.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, Sum

from core import audit
from core.actors import Actor
from core.errors import NotFound, StateConflict, gettext_noop
from core.events import publish
from inventory.domain.demand import BrokenPromise
from inventory.domain.moves import LevelKey
from inventory.models import BinReservation, BinStock, Lot
from inventory.queries.promises import broken_promises
from inventory.services import level_sql
from inventory.services.announcing import LOT_RECALLED, announce_broken, announce_stock
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.move_facts import check_reason
from inventory.services.retrying import StockMoved, stock_write

Status = Lot.Status
TRANSITIONS: dict[str, frozenset[str]] = {
    Status.GOOD: frozenset({Status.HOLD, Status.QUARANTINE, Status.RECALLED}),
    Status.HOLD: frozenset({Status.GOOD, Status.QUARANTINE, Status.RECALLED}),
    Status.QUARANTINE: frozenset({Status.GOOD, Status.HOLD, Status.RECALLED}),
    Status.RECALLED: frozenset(),
}


class LotMissing(NotFound):
    """No such lot."""

    code = "LOT_MISSING"
    text = gettext_noop("This lot does not exist. Scan or search it again.")


class LotMismatch(StateConflict):
    """A lot is received again with another expiry than it has."""

    code = "LOT_MISMATCH"
    text = gettext_noop(
        "Lot %(lot)s is known with expiry %(known)s, not %(given)s. Correct one of the two."
    )


class LotStateConflict(StateConflict):
    """A lot can't go from its status to the wanted one."""

    code = "LOT_STATE_CONFLICT"
    text = gettext_noop("A lot that is %(status)s can't become %(wanted)s.")


@dataclass(frozen=True, slots=True)
class FrozenClaim:
    """Units of a held lot that a pick has claimed or carries: they must not go on."""

    owner_key: str
    demand_key: str
    bin_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class LotResult:
    """What a change of status stopped: promises that can't be kept, and picks that must wait."""

    event_id: int
    repeated: bool = False
    broken: tuple[BrokenPromise, ...] = ()
    frozen: tuple[FrozenClaim, ...] = ()


def take_lots(
    wanted: Sequence[tuple[int, str, dt.date | None]], *, at: dt.datetime
) -> dict[tuple[int, str], Lot]:
    """Return the lots of (SKU id, code, expiry), created when new, locked in pk order.

    An expiry of None takes the lot as it is known.

    Raises:
        LotMismatch: a lot is known with another expiry, or named with two.
    """
    if not wanted:
        return {}
    drafts: dict[tuple[int, str], Lot] = {}
    for sku_id, code, expires_on in wanted:
        draft = Lot(sku_id=sku_id, code=code, expires_on=expires_on, received_at=at)
        known = drafts.setdefault((sku_id, code), draft)
        _same_expiry(known, expires_on)
    taken = _created_and_locked(drafts)
    for sku_id, code, expires_on in wanted:
        _same_expiry(taken[sku_id, code], expires_on)
    return taken


def open_lots(wanted: Iterable[tuple[int, str, dt.date | None]], *, at: dt.datetime) -> None:
    """Create the lots of (SKU id, code, expiry) that are new, and lock all of them in pk order.

    For callers that receive line by line in one transaction: each line locks its levels, and lots
    come before levels. Whether a line fits its lot is for `take_lots` to judge.
    """
    drafts = {
        (sku_id, code): Lot(sku_id=sku_id, code=code, expires_on=expires_on, received_at=at)
        for sku_id, code, expires_on in reversed(list(wanted))
    }
    if drafts:
        _created_and_locked(drafts)


def _created_and_locked(drafts: Mapping[tuple[int, str], Lot]) -> dict[tuple[int, str], Lot]:
    Lot.objects.bulk_create(
        [drafts[key] for key in sorted(drafts)], ignore_conflicts=True, batch_size=500
    )
    lots = Lot.objects.filter(
        sku_id__in={key[0] for key in drafts}, code__in={key[1] for key in drafts}
    ).order_by("pk")
    return {
        (lot.sku_id, lot.code): lot for lot in lots.select_for_update(of=("self",), no_key=True)
    }


def _same_expiry(lot: Lot, expires_on: dt.date | None) -> None:
    if expires_on is not None and lot.expires_on != expires_on:
        raise LotMismatch(lot=lot.code, known=lot.expires_on, given=expires_on)


def lock_lots(lots: Iterable[int | None]) -> dict[int, tuple[int, str]]:
    """Lock lots in pk order and return id -> (SKU id, status); no statement when there is none."""
    wanted = {lot_id for lot_id in lots if lot_id is not None}
    if not wanted:
        return {}
    rows = (
        Lot.objects.filter(pk__in=wanted)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    return {
        pk: (sku_id, status) for pk, sku_id, status in rows.values_list("pk", "sku_id", "status")
    }


def hold_lot(
    lot_id: int,
    *,
    event_key: str,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    quarantine: bool = False,
) -> LotResult:  # the call's own facts
    """Stop a good lot: its units stop counting towards ATP, picks of it must wait.

    Raises:
        LotMissing, LotStateConflict, ReasonMissing: nothing is changed.
    """
    status = Status.QUARANTINE if quarantine else Status.HOLD
    return _change(lot_id, status, Call(event_key, "lot_hold", actor, at, check_reason(reason)))


def release_lot(
    lot_id: int, *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> LotResult:
    """Make a held lot good again; publishes `inventory.stock_available`.

    Raises:
        LotMissing, LotStateConflict, ReasonMissing: nothing is changed.
    """
    call = Call(event_key, "lot_release", actor, at, check_reason(reason))
    return _change(lot_id, Status.GOOD, call)


def recall_lot(
    lot_id: int, *, event_key: str, reason: str, actor: Actor, at: dt.datetime
) -> LotResult:
    """Recall a lot for good: nothing of it is promised, picked or shipped any more.

    Publishes `inventory.lot_recalled`, at which what is on the floor stops, and the promises that
    can't be kept. `orders.services.lot_recalls.recall` stops the floor in the same transaction.

    Raises:
        LotMissing, LotStateConflict, ReasonMissing: nothing is changed.
    """
    call = Call(event_key, "lot_recall", actor, at, check_reason(reason))
    return _change(lot_id, Status.RECALLED, call)


@stock_write()
def _change(lot_id: int, status: str, call: Call) -> LotResult:
    event_id = open_event(call)
    lot = Lot.objects.filter(pk=lot_id).lock().first()
    if lot is None:
        raise LotMissing
    if event_id is None:
        return _result(first_event_id(call.event_key), lot, _keys(lot), repeated=True)
    if status not in TRANSITIONS[lot.status]:
        raise LotStateConflict(
            status=Status(lot.status).label, wanted=Status(status).label, lot_id=lot_id
        )
    keys = _move_units(lot, status)
    _audit(lot, status, call)
    Lot.objects.filter(pk=lot.pk).update(status=status)
    if status == Status.GOOD:
        announce_stock(keys, at=call.at)
    result = _result(event_id, lot, keys)
    if status == Status.RECALLED:
        announce_broken(result.broken, at=call.at)
        publish(LOT_RECALLED, target=f"lot:{lot.pk}", at=call.at, lot_id=lot.pk, sku_id=lot.sku_id)
    return result


def _keys(lot: Lot) -> set[LevelKey]:
    rows = BinStock.objects.present().filter(lot=lot).values_list("bin__warehouse_id", "sku_id")
    return set(rows)


def _move_units(lot: Lot, status: str) -> set[LevelKey]:
    """Count the lot's good units as sellable or not on every level; return levels that changed."""
    was_good, is_good = lot.status == Status.GOOD, status == Status.GOOD
    levels = level_sql.lock_levels(_keys(lot))
    if was_good == is_good or not levels:
        return set()
    units = (
        BinStock.objects.present()
        .filter(lot=lot, condition="good")
        .values("bin__warehouse_id")
        .annotate(units=Sum(F("qty")))
        .values_list("bin__warehouse_id", "units")
        .order_by()
    )
    sign = -1 if is_good else 1
    changes = {levels[place, lot.sku_id].level_id: (0, sign * qty, 0) for place, qty in units}
    if changes and not level_sql.change_levels(changes):
        raise StockMoved
    return set(levels)


def _audit(lot: Lot, status: str, call: Call) -> None:
    audit.record(
        actor=call.actor,
        action=f"inventory.{call.kind}",
        target=f"lot:{lot.pk}",
        at=call.at,
        before={"status": lot.status},
        after={"status": status},
        reason=call.reason,
    )


def _result(event_id: int, lot: Lot, keys: set[LevelKey], *, repeated: bool = False) -> LotResult:
    claims = (
        BinReservation.objects.pending()
        .filter(bin_stock__lot=lot)
        .exclude(bin_stock__lot__status=Status.GOOD)
        .order_by("pk")
        .values_list("owner_key", "demand_key", "bin_stock__bin_id", "qty")
    )
    return LotResult(
        event_id,
        repeated,
        tuple(broken_promises(keys)),
        tuple(FrozenClaim(*row) for row in claims),
    )
