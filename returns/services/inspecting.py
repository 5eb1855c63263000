"""Inspect returned goods (W16): a grade, what becomes of them, and whether they count (X21).

Money and goods are two questions: `is_accepted` decides what the customer gets back, the
disposition decides where the goods go. Every unit is dealt with once: `processed_qty` is raised
under a guard before anything else is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from core import audit
from core.actors import Actor
from inventory.models import Bin
from returns.domain import grading
from returns.models import (
    Inspection,
    ReturnArrival,
    ReturnLine,
    ReturnRequest,
    ReturnUnits,
)
from returns.services import closing, dispositions, progress
from returns.services.errors import ReturnReasonMissing
from returns.services.floor_errors import (
    ArrivalNotFound,
    DispositionRefused,
    GradeMissing,
    UnitsInspected,
    UnitsStillHeld,
)
from returns.services.progress import Why
from suppliers.services import return_claims

#: Goods that came although nobody sent them back: no money hangs on their lines.
STRAY = frozenset({"foreign", "unexpected_ours"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found on some units. Without a bin, goods that stay in the house do not move.

    `is_accepted`: they count as returned; a second look at the same units changes nothing there.
    """

    grade: str
    qty: int = 1
    disposition: str = ""
    bin_id: int | None = None
    is_accepted: bool = True
    seal: str = ""
    checks: Mapping[str, bool] = field(default_factory=dict)
    note: str = ""


@transaction.atomic
def inspect(
    units_id: int, finding: Finding, *, key: str, actor: Actor, at: dt.datetime
) -> Inspection:
    """Write what was found on units and let become of them what it says. Idempotent by `key`.

    Locks the return, the line, the units, then lots and levels. The last units of all parcels move
    the return to "inspected".

    Raises:
        GradeMissing, DispositionRefused, ShelfRefused: the finding can't be.
        UnitsInspected: fewer units are left: each is dealt with once.
        UnitsStillHeld: goods nobody announced wait for the customer.
        LotExpired, LotFrozen, BinShort: as the stock service; nothing is written.
    """
    known = Inspection.objects.filter(event_key=key).first()
    if known is not None:
        return known
    units = lock(units_id)
    if finding.grade not in grading.GRADES:
        raise GradeMissing
    view = dispositions.outlook(units, finding.grade, at=at)
    disposition = finding.disposition or view.proposed
    _check(units, finding, disposition, view, at)
    take(units, finding.qty)
    row = Inspection.objects.create(
        units=units,
        event_key=key,
        qty=finding.qty,
        grade=finding.grade,
        seal=finding.seal,
        disposition=disposition,
        is_accepted=finding.is_accepted,
        checks=dict(finding.checks),
        note=finding.note[:500],
        to_bin_id=finding.bin_id,
        to_sku=view.open_box if disposition == grading.OPEN_BOX else None,
        at=at,
        by=actor.key,
    )
    if disposition == grading.SUPPLIER:
        # Before the stock: an arrival is locked before levels.
        row.claim_key = _claim(units, finding.qty, actor=actor, at=at)
    row.stock_key = dispositions.do(row, units, view.open_box, actor=actor, at=at)
    row.save(update_fields=["stock_key", "claim_key"])
    if disposition in grading.WAITING:
        _wait(units, row)
    if units.parent_id is None:
        _judge(units, finding)
    _note(units, row, actor=actor, at=at)
    _finish(units, actor=actor, at=at)
    return row


def take(units: ReturnUnits, qty: int) -> None:
    """Count units as dealt with; the guard holds on SQLite too.

    Raises:
        UnitsInspected: fewer are left.
    """
    left = ReturnUnits.objects.filter(pk=units.pk, qty__gte=F("processed_qty") + qty)
    if qty < 1 or not left.update(processed_qty=F("processed_qty") + qty):
        raise UnitsInspected(left_qty=units.left_qty)


def lock(units_id: int) -> ReturnUnits:
    """Return units with everything about them, locked after their return and their line.

    Raises:
        ArrivalNotFound: no such units.
    """
    seen = ReturnUnits.objects.select_related("line").filter(pk=units_id).first()
    if seen is None:
        raise ArrivalNotFound
    progress.lock(seen.line.request_id)
    ReturnLine.objects.lock().get(pk=seen.line_id)
    rows = ReturnUnits.objects.lock().select_related(
        "line__request", "sku__product", "lot", "bin__warehouse", "arrival"
    )
    return rows.get(pk=units_id)


def _check(
    units: ReturnUnits,
    finding: Finding,
    disposition: str,
    view: dispositions.Outlook,
    at: dt.datetime,
) -> None:
    if disposition not in view.possible:
        raise DispositionRefused
    if dispositions.is_held(units, at) and disposition != grading.QUARANTINE:
        raise UnitsStillHeld(day=str(units.hold_until_on))
    if units.stage == ReturnUnits.Stage.QUARANTINE and disposition == grading.QUARANTINE:
        raise DispositionRefused
    if finding.bin_id is not None:
        place = Bin.objects.select_related("warehouse").get(pk=finding.bin_id)
        dispositions.check_bin(units, disposition, place)
    elif disposition in grading.SELLABLE:
        raise DispositionRefused


def _wait(units: ReturnUnits, row: Inspection) -> None:
    """Let goods that stay in the house wait as units of their own for the next look."""
    sent_to = {
        grading.REFURBISH: ReturnUnits.Stage.REFURBISH,
        grading.SUPPLIER: ReturnUnits.Stage.SUPPLIER,
        grading.QUARANTINE: ReturnUnits.Stage.QUARANTINE,
    }
    is_kept = row.disposition == grading.QUARANTINE
    ReturnUnits.objects.create(
        arrival=units.arrival,
        line=units.line,
        parent=units,
        stage=sent_to[row.disposition],
        sku=units.sku,
        lot=units.lot,
        bin_id=row.to_bin_id or units.bin_id,
        qty=row.qty,
        condition=units.condition if is_kept or units.sku is None else dispositions.SPOILED,
        take_back_key=units.take_back_key,
        hold_until_on=units.hold_until_on,
        received_at=units.received_at,
    )


def _claim(units: ReturnUnits, qty: int, *, actor: Actor, at: dt.datetime) -> str:
    claim = return_claims.claim_returned(units.sku_id or 0, units.lot_id, qty, actor=actor, at=at)
    return f"supplier_claim:{claim.pk}"


def _judge(units: ReturnUnits, finding: Finding) -> None:
    column = "accepted_qty" if finding.is_accepted else "refused_qty"
    ReturnLine.objects.filter(pk=units.line_id).update(**{column: F(column) + finding.qty})


def _finish(units: ReturnUnits, *, actor: Actor, at: dt.datetime) -> None:
    """Move the return on when nothing is left to inspect and no parcel of it is open."""
    request_id = units.line.request_id
    left = ReturnUnits.objects.waiting().filter(line__request=request_id, stage="processing")
    opened = ReturnArrival.objects.open().filter(request=request_id)
    if left.exists() or opened.exists():
        return
    lines = ReturnLine.objects.filter(request=request_id)
    totals = {"accepted": 0, "refused": 0}
    for accepted, refused in lines.values_list("accepted_qty", "refused_qty"):
        totals["accepted"] += accepted
        totals["refused"] += refused
    progress.move_if(request_id, "inspect", actor=actor, at=at, why=Why(data=totals))
    _end_lines(request_id, actor=actor, at=at)


def _end_lines(request_id: int, *, actor: Actor, at: dt.datetime) -> None:
    """End lines no money waits for: wholly refused ones, and stray goods that are dealt with."""
    for line in ReturnLine.objects.filter(request=request_id, state="open").order_by("position"):
        is_refused = not line.accepted_qty and line.refused_qty >= max(1, line.qty)
        if line.kind in STRAY:
            if not ReturnUnits.objects.waiting().filter(line=line).exists():
                closing.close_line(line.pk, actor=actor, at=at)
        elif is_refused:
            closing.close_line(line.pk, actor=actor, at=at, state="rejected")


@transaction.atomic
def give_up_missing(request_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> int:
    """End the announced lines of an inspected return of which nothing came; return how many.

    Raises:
        ReturnReasonMissing: without a reason.
    """
    if not reason.strip():
        raise ReturnReasonMissing
    row = progress.lock(request_id)
    lines = ReturnLine.objects.filter(
        request=row, kind="expected", state="open", received_qty=0, is_kept=False
    )
    ids = list(lines.order_by("position").values_list("pk", flat=True))
    if row.status != ReturnRequest.Status.INSPECTED or not ids:
        return 0
    why = Why(reason.strip(), {"lines": len(ids)})
    progress.note(row, "MISSING_GIVEN_UP", actor=actor, at=at, why=why)
    for line_id in ids:
        closing.close_line(line_id, actor=actor, at=at, state="rejected")
    return len(ids)


def _note(units: ReturnUnits, row: Inspection, *, actor: Actor, at: dt.datetime) -> None:
    facts = {
        "line": units.line_id,
        "units": row.qty,
        "grade": row.grade,
        "disposition": row.disposition,
        "accepted": row.is_accepted,
    }
    audit.record(
        actor=actor,
        action="returns.units_inspected",
        target=units.key,
        at=at,
        after={**facts, "request": units.line.request_id, "lot": units.lot_id},
        reason=row.note,
    )
