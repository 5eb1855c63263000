"""The scans of a returned parcel (W15): whose it is, what is in it, and done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core import settings_store
from core.actors import Actor
from returns.domain import contents, floor_settings
from returns.domain.contents import Announced, Counted
from returns.models import ArrivalCount, ReturnArrival, ReturnLine, ReturnUnits
from returns.services import arriving, floor_codes, floor_flow
from returns.services.arriving import Came
from returns.services.floor_codes import Heard
from returns.services.scan_log import Answer

#: What goods are called that nobody knows.
FOREIGN_TEXT: Final = "FOREIGN"
#: No number a person scans has more.
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Call:
    """One scan: what was read, by whom, when (aware UTC), under which key it is booked."""

    raw: str
    actor: Actor
    at: dt.datetime
    key: str


def open_parcel(warehouse_id: int, call: Call) -> Answer:
    """Open, or join, the parcel a code is written on."""
    heard = floor_codes.hear(call.raw, warehouse_id=warehouse_id)
    if heard.kind == "command":
        return Answer("reject", "SCAN_PARCEL", {"scanned": heard.code})
    row = arriving.open_arrival(warehouse_id, call.raw, key=call.key, actor=call.actor, at=call.at)
    return Answer("accept", "PARCEL_OPENED", {"scanned": heard.code}, f"arrival:{row.pk}")


def scan(row: ReturnArrival, call: Call) -> Answer:
    """Answer one scan in an open parcel; after its end the next one is opened."""
    if row.state != ReturnArrival.State.OPEN:
        return open_parcel(row.warehouse_id, call)
    heard = floor_codes.hear(call.raw, warehouse_id=row.warehouse_id)
    if heard.kind == "command":
        return _command(row, heard.code.removeprefix("CMD-"), call)
    if heard.kind == "bin" and heard.bin is not None:
        arriving.use_bin(row.pk, heard.bin.pk)
        return Answer("accept", "RETURN_BIN_SET", {"bin": heard.bin.code, "scanned": heard.code})
    if row.request_id is None:
        named = arriving.name(row.pk, call.raw, actor=call.actor, at=call.at)
        return Answer("accept", "PARCEL_NAMED", {"number": str(named.request)})
    if heard.kind != "item" or heard.sku is None:
        return Answer("reject", "UNKNOWN_ITEM", {"scanned": heard.code})
    return _count(row, heard, call)


def _count(row: ReturnArrival, heard: Heard, call: Call) -> Answer:
    sku = heard.sku
    lot_id = heard.lot.pk if heard.lot else None
    counted = arriving.count(row.pk, Came(sku.pk if sku else None, heard.qty, lot_id), at=call.at)
    told: dict[str, Any] = {
        "scanned": heard.code,
        "sku": heard.code,
        "counted": counted.qty,
        "announced": announced_qty(row, counted.sku_id),
    }
    if counted.qty <= told["announced"]:
        return Answer("accept", "ITEM_COUNTED", told)
    return Answer("warn", "ITEM_EXTRA" if told["announced"] else "ITEM_NOT_ANNOUNCED", told)


def _command(row: ReturnArrival, name: str, call: Call) -> Answer:
    """Answer `CMD-NAME` or `CMD-NAME-12`."""
    head, _dash, number = name.partition("-")
    units = int(number) if number.isdecimal() and len(number) <= DIGITS else 0
    if head in ASKING and units:
        return ASKING[head](row, units, call)
    if head in PLAIN and not number:
        return PLAIN[head](row, call)
    return Answer("reject", "COMMAND_NOT_HERE", {"scanned": f"CMD-{name}"})


def _done(row: ReturnArrival, call: Call) -> Answer:
    done = arriving.finish(row.pk, actor=call.actor, at=call.at)
    if done.request is not None and done.request.kind == "rts" and _restocks_itself():
        return _restock(done, call)
    return _finish(done)


def _restocks_itself() -> bool:
    return bool(settings_store.get(floor_settings.RTS_RESTOCK.name))


def _restock(row: ReturnArrival, call: Call) -> Answer:
    """Shelve a parcel that nobody opened: the card names the bin to carry it to (RET-21)."""
    found = floor_flow.inspect_all(row.request_id or 0, actor=call.actor, at=call.at)
    bins = sorted({one.to_bin.code for one in found if one.to_bin is not None})
    data = {"number": str(row.request), "bin": ", ".join(bins) or row.bin.code}
    return Answer("complete", "UNDELIVERED_SHELVED", data, "")


def _undo(row: ReturnArrival, call: Call) -> Answer:
    arriving.recount_last(row.pk, 0, at=call.at)
    return Answer("accept", "SCAN_UNDONE")


def _foreign(row: ReturnArrival, call: Call) -> Answer:
    arriving.count(row.pk, Came(None, 1, description=FOREIGN_TEXT), at=call.at)
    return Answer("warn", "ITEM_FOREIGN")


def _empty(row: ReturnArrival, call: Call) -> Answer:
    return _finish(arriving.mark_empty(row.pk, actor=call.actor, at=call.at))


def _new(row: ReturnArrival, call: Call) -> Answer:
    opened = arriving.open_unnamed(row.pk, actor=call.actor, at=call.at)
    return Answer("accept", "PARCEL_NAMED", {"number": str(opened.request)})


def _cancel(row: ReturnArrival, call: Call) -> Answer:
    arriving.cancel(row.pk, actor=call.actor, at=call.at)
    return Answer("warn", "PARCEL_LEFT", next_key="arrivals:")


def _quantity(row: ReturnArrival, units: int, call: Call) -> Answer:
    counted = arriving.recount_last(row.pk, units, at=call.at)
    return Answer("accept", "QTY_SET", {"counted": counted.qty})


def _weight(row: ReturnArrival, grams: int, _call: Call) -> Answer:
    arriving.weigh(row.pk, grams)
    return Answer("accept", "PARCEL_WEIGHED", {"weight": grams})


PLAIN: Mapping[str, Callable[[ReturnArrival, Call], Answer]] = {
    "OK": _done,
    "UNDO": _undo,
    "FOREIGN": _foreign,
    "EMPTY": _empty,
    "NEW": _new,
    "CANCEL": _cancel,
}
ASKING: Mapping[str, Callable[[ReturnArrival, int, Call], Answer]] = {
    "QTY": _quantity,
    "WEIGHT": _weight,
}


def _finish(row: ReturnArrival) -> Answer:
    """Say where to go on: at a counter the goods are inspected at once."""
    waiting = ReturnUnits.objects.waiting().filter(arrival=row).exists()
    is_counter = row.kind == ReturnArrival.Kind.COUNTER
    data = {"number": str(row.request), "bin": row.bin.code}
    follows = f"inspect:{row.pk}" if is_counter and waiting else "arrivals:"
    return Answer("complete", "PARCEL_DONE", data, follows)


def announced_qty(row: ReturnArrival, sku_id: int | None) -> int:
    """Return the units of a SKU that are still awaited in the parcel's return."""
    return sum(line.qty - line.received_qty for line in awaited(row) if line.sku_id == sku_id)


def awaited(row: ReturnArrival) -> list[ReturnLine]:
    """Return the announced lines of the parcel's return that goods are still expected for."""
    if row.request_id is None:
        return []
    rows = ReturnLine.objects.filter(request=row.request_id, kind="expected", is_kept=False)
    lines = rows.select_related("sku", "reason", "exchange_sku").order_by("position")
    return [line for line in lines if line.sku_id is not None and line.qty > line.received_qty]


def tally(row: ReturnArrival) -> list[dict[str, Any]]:
    """Return what was announced and counted, one row each; three statements at most."""
    lines = awaited(row)
    counts = list(
        ArrivalCount.objects.filter(arrival=row).select_related("sku", "lot").order_by("pk")
    )
    found = contents.sort_contents(
        [Announced(line.pk, line.sku_id or 0, line.qty - line.received_qty) for line in lines],
        frozenset(),
        [Counted(count.pk, count.sku_id, count.qty) for count in counts],
    )
    by_line: dict[int, int] = {}
    other: dict[int, int] = {}
    for piece in found.found:
        if piece.line_id is not None:
            by_line[piece.line_id] = by_line.get(piece.line_id, 0) + piece.qty
        else:
            other[piece.count_id] = other.get(piece.count_id, 0) + piece.qty
    rows: list[dict[str, Any]] = [
        {
            "sku": line.sku,
            "reason": line.reason,
            "wanted": line.qty - line.received_qty,
            "counted": by_line.get(line.pk, 0),
        }
        for line in lines
    ]
    rows += [
        {"sku": count.sku, "lot": count.lot, "wanted": 0, "counted": other[count.pk]}
        for count in counts
        if count.pk in other
    ]
    return rows
