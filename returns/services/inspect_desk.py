"""The scans of an inspection (W16): item, what is wrong with it, grade, and where it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.db.models import Q

from core.actors import Actor
from returns.domain import grading
from returns.models import InspectionDesk, ReturnArrival, ReturnUnits
from returns.services import dispositions, floor_codes, inspecting, return_labels
from returns.services.arrival_desk import Call
from returns.services.dispositions import Outlook
from returns.services.floor_codes import Heard
from returns.services.inspecting import Finding
from returns.services.scan_log import Answer

WAYS = {
    "RESTOCK": grading.RESTOCK,
    "OPENBOX": grading.OPEN_BOX,
    "REPAIR": grading.REFURBISH,
    "SCRAP": grading.SCRAP,
    "DONATE": grading.DONATE,
    "SUPPLIER": grading.SUPPLIER,
    "HOLD": grading.QUARANTINE,
}
#: No number a person scans has more.
DIGITS: Final = 6


def desk_of(actor: Actor, warehouse_id: int) -> InspectionDesk | None:
    """Return what the person is inspecting in a warehouse; None with free hands."""
    rows = InspectionDesk.objects.filter(
        actor_key=actor.key, units__arrival__warehouse=warehouse_id
    ).select_related(
        "units__line__request",
        "units__line__reason",
        "units__sku__product",
        "units__lot",
        "units__bin__warehouse",
        "units__arrival",
    )
    desk = rows.first()
    return desk if desk is not None and desk.units.left_qty else None


def waiting(warehouse_id: int, on: dt.date, limit: int = 12) -> list[ReturnUnits]:
    """Return the units to inspect, the oldest first, with goods nobody asked for in time."""
    rows = ReturnUnits.objects.waiting().filter(arrival__warehouse=warehouse_id)
    due = rows.filter(Q(stage="processing") | Q(stage="quarantine", hold_until_on__lte=on))
    found = due.select_related("sku", "lot", "bin", "line__request")
    return list(found.order_by("received_at", "pk")[:limit])


def begin(units: ReturnUnits, *, actor: Actor, at: dt.datetime) -> InspectionDesk:
    """Take units to look at; what the person had found about others before is forgotten."""
    fresh = {
        "units": units,
        "qty": 1,
        "grade": "",
        "seal": "",
        "disposition": "",
        "is_accepted": True,
        "checks": {},
        "updated_at": at,
    }
    return InspectionDesk.objects.update_or_create(actor_key=actor.key, defaults=fresh)[0]


def scan(warehouse_id: int, call: Call) -> Answer:
    """Answer one scan of the inspection screen."""
    desk = desk_of(call.actor, warehouse_id)
    heard = floor_codes.hear(call.raw, warehouse_id=warehouse_id)
    if desk is None:
        return _choose(warehouse_id, heard, call)
    if heard.kind == "command":
        return _command(desk, heard.code.removeprefix("CMD-"), call)
    if heard.kind == "bin" and heard.bin is not None:
        return _book(desk, heard, call)
    if heard.kind == "item" and heard.sku is not None and heard.sku.pk == desk.units.sku_id:
        return _more(desk, heard, call)
    return Answer("reject", "GRADE_OR_BIN", {"scanned": heard.code})


def start_parcel(arrival: ReturnArrival, *, actor: Actor, at: dt.datetime) -> bool:
    """Take the first units of a parcel to look at; say whether there are any."""
    rows = ReturnUnits.objects.waiting().filter(arrival=arrival, stage="processing")
    units = rows.order_by("pk").first()
    if units is not None:
        begin(units, actor=actor, at=at)
    return units is not None


def outlook(desk: InspectionDesk, *, at: dt.datetime) -> Outlook:
    """Return what may become of the units in hand."""
    return dispositions.outlook(desk.units, desk.grade, at=at)


def _choose(warehouse_id: int, heard: Heard, call: Call) -> Answer:
    rows = ReturnUnits.objects.waiting().filter(arrival__warehouse=warehouse_id)
    rows = rows.order_by("stage", "received_at", "pk")
    if heard.kind == "item" and heard.sku is not None:
        mine = rows.filter(sku=heard.sku)
        found = mine.filter(stage="processing").first() or mine.first()
    else:
        request = return_labels.resolve(call.raw) if heard.kind == "other" else None
        found = rows.filter(line__request=request).first() if request else None
    if found is None:
        return Answer("reject", "NOTHING_WAITS", {"scanned": heard.code})
    begin(found, actor=call.actor, at=call.at)
    return Answer("accept", "INSPECT_NOW", {"scanned": heard.code, "sku": heard.code})


def _more(desk: InspectionDesk, heard: Heard, call: Call) -> Answer:
    qty = desk.qty + heard.qty
    if qty > desk.units.left_qty:
        return Answer("reject", "ONLY_SO_MANY", {"left": desk.units.left_qty})
    _keep(desk, call, qty=qty)
    return Answer("accept", "QTY_SET", {"counted": qty})


def _command(desk: InspectionDesk, name: str, call: Call) -> Answer:
    """Answer `CMD-NAME`, `CMD-GRADE-A` or `CMD-QTY-3`."""
    head, _dash, rest = name.partition("-")
    if name in WAYS:
        return _way(desk, WAYS[name], call)
    if head == "GRADE" and rest in grading.GRADES:
        return _grade(desk, rest, call)
    if head in ASKING and rest.isdecimal() and len(rest) <= DIGITS:
        return ASKING[head](desk, int(rest), call)
    if name in PLAIN:
        return PLAIN[name](desk, call)
    return Answer("reject", "COMMAND_NOT_HERE", {"scanned": f"CMD-{name}"})


def _grade(desk: InspectionDesk, grade: str, call: Call) -> Answer:
    proposed = dispositions.outlook(desk.units, grade, at=call.at).proposed
    _keep(desk, call, grade=grade, disposition=proposed)
    return Answer("accept", "GRADED", {"grade": grade, **_where(desk)})


def _seal(desk: InspectionDesk, call: Call, *, seal: str) -> Answer:
    _keep(desk, call, seal=seal)
    return Answer("accept", "SEAL_KEPT")


def _accept(desk: InspectionDesk, call: Call) -> Answer:
    _keep(desk, call, is_accepted=True)
    return Answer("accept", "UNITS_ACCEPTED")


def _refuse(desk: InspectionDesk, call: Call) -> Answer:
    _keep(desk, call, is_accepted=False)
    return Answer("warn", "UNITS_REFUSED")


def _leave(desk: InspectionDesk, _call: Call) -> Answer:
    desk.delete()
    return Answer("warn", "UNITS_LEFT")


def _way(desk: InspectionDesk, way: str, call: Call) -> Answer:
    if not desk.grade:
        return Answer("reject", "GRADE_MISSING")
    if way not in outlook(desk, at=call.at).possible:
        return Answer("reject", "DISPOSITION_REFUSED")
    _keep(desk, call, disposition=way)
    return Answer("accept", "WAY_CHOSEN", _where(desk))


def _quantity(desk: InspectionDesk, qty: int, call: Call) -> Answer:
    if not 0 < qty <= desk.units.left_qty:
        return Answer("reject", "ONLY_SO_MANY", {"left": desk.units.left_qty})
    _keep(desk, call, qty=qty)
    return Answer("accept", "QTY_SET", {"counted": qty})


def _check(desk: InspectionDesk, number: int, call: Call) -> Answer:
    codes = grading.checklist(dispositions.category_of(desk.units))
    if not 0 < number <= len(codes):
        return Answer("reject", "COMMAND_NOT_HERE", {"scanned": f"CMD-NO-{number}"})
    code = codes[number - 1]
    _keep(desk, call, checks={**desk.checks, code: not desk.checks.get(code, True)})
    return Answer("accept", "CHECK_KEPT")


def _without_bin(desk: InspectionDesk, call: Call) -> Answer:
    if not desk.grade:
        return Answer("reject", "GRADE_MISSING")
    if desk.disposition in grading.SELLABLE:
        return Answer("reject", "SCAN_SHELF", _where(desk))
    return _write(desk, None, call)


def _book(desk: InspectionDesk, heard: Heard, call: Call) -> Answer:
    if not desk.grade or heard.bin is None:
        return Answer("reject", "GRADE_MISSING")
    if desk.disposition in {grading.SCRAP, grading.DONATE}:
        return Answer("reject", "NO_BIN_NEEDED", {"scanned": heard.code})
    return _write(desk, heard.bin.pk, call)


def _write(desk: InspectionDesk, bin_id: int | None, call: Call) -> Answer:
    codes = grading.checklist(dispositions.category_of(desk.units))
    finding = Finding(
        desk.grade,
        desk.qty,
        desk.disposition,
        bin_id,
        desk.is_accepted,
        desk.seal,
        {code: bool(desk.checks.get(code, True)) for code in codes},
    )
    units = desk.units
    inspecting.inspect(units.pk, finding, key=call.key, actor=call.actor, at=call.at)
    told = {"qty": desk.qty, "sku": str(units.sku or ""), **_where(desk)}
    rest = ReturnUnits.objects.waiting().filter(
        line__request=units.line.request_id, stage="processing"
    )
    follows = rest.order_by("pk").first()
    if follows is None:
        desk.delete()
        return Answer("complete", "INSPECTION_DONE", told)
    begin(follows, actor=call.actor, at=call.at)
    return Answer("accept", "UNITS_DONE", told)


def _where(desk: InspectionDesk) -> dict[str, Any]:
    offered = dispositions.suggestions(desk.units, desk.disposition)
    return {"way": desk.disposition, "bin": offered[0] if offered else ""}


def _keep(desk: InspectionDesk, call: Call, **found: Any) -> None:
    for name, value in found.items():
        setattr(desk, name, value)
    desk.updated_at = call.at
    desk.save(update_fields=[*found, "updated_at"])


PLAIN: Mapping[str, Callable[[InspectionDesk, Call], Answer]] = {
    "OK": _without_bin,
    "SEALED": partial(_seal, seal=grading.SEALED),
    "OPENED": partial(_seal, seal=grading.OPENED),
    "ACCEPT": _accept,
    "REFUSE": _refuse,
    "SKIP": _leave,
    "UNDO": _leave,
}
ASKING: Mapping[str, Callable[[InspectionDesk, int, Call], Answer]] = {
    "QTY": _quantity,
    "NO": _check,
}
