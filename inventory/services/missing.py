"""A picker found fewer units than the bin should hold (X09, part 1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from core.actors import Actor
from core.errors import InputRefused, gettext_noop
from inventory.domain.moves import GOOD, Move, Place
from inventory.models import BinStock, Condition, CountTask, StockMove
from inventory.queries.promises import broken_promises
from inventory.services import count_tasks, level_sql
from inventory.services.claims import Unclaimed
from inventory.services.event_log import Call, first_event_id, open_event
from inventory.services.move_facts import BadQuantity, read_lots
from inventory.services.posting import post_call
from inventory.services.retrying import stock_write

SHIFT = dt.timedelta(hours=8)
REASON = "SHORT_PICK"


class UnknownBinStock(InputRefused):
    """No such bin stock."""

    code = "UNKNOWN_BIN_STOCK"
    text = gettext_noop("These units are not in the bin any more. Reload the task.")


@dataclass(frozen=True, slots=True)
class MissingReport:
    """What a short pick did: `affected_owner_keys` are promises that can't be kept now.

    `unclaimed`: units that picks, the reporter's first, no longer have in this bin.
    """

    missing_qty: int
    count_task_id: int
    affected_owner_keys: tuple[str, ...] = ()
    unclaimed: tuple[Unclaimed, ...] = ()


@stock_write()
def report_missing(
    *,
    bin_stock_id: int,
    missing_qty: int,
    cause_key: str,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> MissingReport:
    """Take `missing_qty` good units of a bin as suspected missing and ask for a count of it.

    They leave ATP; claims on them are given up, those of `cause_key` (the pick) first. The count
    task, due within the shift, keeps waves away from the SKU in this bin. Idempotent.

    Raises:
        BadQuantity, UnknownBinStock: nothing is written.
    """
    held = _lock(bin_stock_id)
    return _report(held, missing_qty, Call(event_key, "missing", actor, at, REASON, cause_key))


@stock_write()
def report_found(
    *,
    bin_stock_id: int,
    found_qty: int,
    cause_key: str,
    event_key: str,
    actor: Actor,
    at: dt.datetime,
) -> MissingReport:
    """Set a bin to the good units a picker sees in it; all others become suspected missing.

    Like `report_missing`, for the whole difference.

    Raises:
        BadQuantity, UnknownBinStock: nothing is written.
    """
    held = _lock(bin_stock_id)
    if type(found_qty) is not int or found_qty < 0:
        raise BadQuantity(qty=found_qty)
    units = held.qty - found_qty
    return _report(held, units, Call(event_key, "missing", actor, at, REASON, cause_key))


def _report(held: BinStock, units: int, call: Call) -> MissingReport:
    event_id = open_event(call)
    if event_id is None:
        return _first(call, held)
    if type(units) is not int or not 0 <= units <= held.qty:
        raise BadQuantity(qty=units)
    moves = [_suspect(held, units)] if units else []
    result = post_call(
        call, event_id, moves, at_cost_of_claims=True, first_owners=(call.cause_key,)
    )
    task = count_tasks.ask(
        held.bin_id,
        held.sku_id,
        reason=REASON,
        due_at=call.at + SHIFT,
        cause_key=call.cause_key,
        at=call.at,
    )
    affected = tuple(promise.owner_key for promise in result.broken)
    return MissingReport(units, task.pk, affected, result.unclaimed)


def _lock(bin_stock_id: int) -> BinStock:
    rows = BinStock.objects.select_related("bin").filter(pk=bin_stock_id, condition=GOOD)
    held = rows.first()
    if held is None or held.bin.warehouse_id is None:
        raise UnknownBinStock
    level_sql.lock_levels([(held.bin.warehouse_id, held.sku_id)])
    return rows.get()


def _suspect(held: BinStock, units: int) -> Move:
    place = Place(held.bin_id, held.bin.warehouse_id)
    lots = read_lots([held.lot_id])
    return Move(
        held.sku_id,
        units,
        place,
        place,
        held.lot_id,
        GOOD,
        Condition.SUSPECTED_MISSING.value,
        sellable_before=held.lot_id is None or lots[held.lot_id][1] == GOOD,
        sellable_after=False,
    )


def _first(call: Call, held: BinStock) -> MissingReport:
    moved = StockMove.objects.filter(event_id=first_event_id(call.event_key))
    units = moved.aggregate(units=Sum("qty"))["units"] or 0
    tasks = CountTask.objects.filter(bin_id=held.bin_id, sku_id=held.sku_id)
    broken = broken_promises({(held.bin.warehouse_id or 0, held.sku_id)})
    return MissingReport(
        units,
        tasks.order_by("-pk").values_list("pk", flat=True)[0],
        tuple(promise.owner_key for promise in broken),
    )
