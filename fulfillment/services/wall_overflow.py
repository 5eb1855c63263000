"""What no order at a put wall needs: put into the overflow bin, scanned there, and booked (W10).

Units of a stopped order move with their put-back task. Units fetched by mistake move from the bin
they were taken from; when that bin has none free, or nobody fetched the SKU for this tote, a count
of the overflow bin says what lies there. Until the overflow's scan nothing is booked.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core import audit
from core.actors import Actor
from fulfillment.domain.pick_steps import Scanned
from fulfillment.models import PickTask, PutBackTask, PutWall
from fulfillment.services import desk_states
from fulfillment.services.scan_desk import ScanAnswer
from inventory.domain.lines import MoveLine
from inventory.models import Bin, Sku
from inventory.services import count_tasks, stock
from inventory.services.ledger import BinShort
from orders.services.shipment_locks import lock_shipments

REASON = "WALL_OVERFLOW"
RETURNING = "returning"
SHIFT = dt.timedelta(hours=8)


def pending(wall: PutWall) -> dict[str, Any]:
    """Return the units in hand that go into the overflow; empty: none do."""
    return desk_states.read(_key(wall))


def begin(wall: PutWall, tote: Bin, scanned: Scanned, *, is_stopped: bool, at: dt.datetime) -> str:
    """Keep the units that wait for the overflow's scan; return the code of what to do with them.

    `is_stopped`: units of stopped orders lie in the tote; without a put-back task they stay there.
    """
    sku = Sku.objects.get(code=scanned.value)
    waits = _put_backs(tote.pk, sku.pk).exists()
    if is_stopped and not waits:
        return "UNIT_STAYS"
    state = {"tote": tote.pk, "sku": sku.pk, "code": sku.code, "qty": scanned.qty, "back": waits}
    desk_states.keep(_key(wall), state, at=at)
    return "TO_OVERFLOW_PUT_BACK" if waits else "TO_OVERFLOW"


def forget(wall: PutWall) -> None:
    """Drop what was in hand: something else is scanned, nothing was booked."""
    desk_states.forget(_key(wall))


def book(wall: PutWall, *, scan_key: str, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Book the units in hand into the overflow bin. `scan_key` names the scan that confirms it.

    Raises:
        What `inventory.services.stock.move` raises, but for a bin that has too few.
    """
    held = pending(wall)
    forget(wall)
    key = f"overflow:{wall.pk}:{scan_key}"
    data = {"scanned": held["code"], "overflow": wall.overflow_bin.code, "qty": held["qty"]}
    if held["back"]:
        _move_put_back(wall, held, key, actor=actor, at=at)
        return ScanAnswer("accept", "OVERFLOW_PUT_BACK", data)
    if _move_back(wall, held, key, actor=actor, at=at):
        return ScanAnswer("accept", "OVERFLOW_BOOKED", data)
    count_tasks.ask(
        wall.overflow_bin_id, held["sku"], reason=REASON, due_at=at + SHIFT, cause_key=key, at=at
    )
    return ScanAnswer("warn", "OVERFLOW_TO_COUNT", data)


def _move_put_back(
    wall: PutWall, held: dict[str, Any], key: str, *, actor: Actor, at: dt.datetime
) -> None:
    """Move units of put-back tasks, and the tasks with them; one that is larger is split."""
    rows = _put_backs(held["tote"], held["sku"])
    lock_shipments(rows.values_list("shipment_id", flat=True))
    left = held["qty"]
    for task in rows.select_for_update(of=("self",)).order_by("pk"):
        units = min(left, task.qty)
        if not units:
            break
        left -= units
        line = MoveLine(
            task.from_bin_id,
            wall.overflow_bin_id,
            task.sku_id,
            units,
            task.lot_id,
            RETURNING,
            RETURNING,
        )
        stock.move([line], event_key=f"{key}:{task.pk}", actor=actor, at=at, reason=REASON)
        if units < task.qty:
            PutBackTask.objects.filter(pk=task.pk).update(qty=task.qty - units)
            task.pk, task.qty = None, units
            task.created_at = at
        task.from_bin_id = wall.overflow_bin_id
        task.save()
        _note(wall, task.sku_id, units, actor=actor, at=at)


def _move_back(
    wall: PutWall, held: dict[str, Any], key: str, *, actor: Actor, at: dt.datetime
) -> bool:
    """Move units from the bin they were fetched from; False: no such bin has them free."""
    fetched = PickTask.objects.filter(slot__tote_id=held["tote"], sku_id=held["sku"])
    source = fetched.order_by("-pk").first()
    if source is None:
        return False
    line = MoveLine(source.bin_id, wall.overflow_bin_id, source.sku_id, held["qty"], source.lot_id)
    try:
        stock.move([line], event_key=key, actor=actor, at=at, reason=REASON)
    except BinShort:
        return False
    _note(wall, source.sku_id, held["qty"], actor=actor, at=at)
    return True


def _put_backs(tote_id: int, sku_id: int) -> Any:
    return PutBackTask.objects.filter(from_bin_id=tote_id, sku_id=sku_id, state="open")


def _note(wall: PutWall, sku_id: int, units: int, *, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action="fulfillment.overflowed",
        target=f"wall:{wall.pk}",
        after={"sku": sku_id, "qty": units, "bin": wall.overflow_bin.code},
        at=at,
    )


def _key(wall: PutWall) -> str:
    return f"wall_overflow:{wall.pk}"
