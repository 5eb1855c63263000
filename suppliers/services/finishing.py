"""A receipt ends: the sample is looked at, the arrival closes when nothing is open (X17, A-09)."""

from __future__ import annotations

import datetime as dt
from typing import cast

from django.db import transaction
from django.db.models import F, Sum

from core import audit, settings_store
from core.actors import Actor
from core.events import publish
from inventory.services import supplier_goods
from suppliers.domain import defaults, states
from suppliers.domain.sampling import sample_size
from suppliers.models import Asn, AsnLine, Inspection, Receipt, ReceiptLine, Supplier
from suppliers.services import (
    arrivals,
    claims,
    purchase_receiving,
    receiving,
    withdrawing,
)
from suppliers.services.errors import (
    FailedTooMany,
    InspectionDone,
    NothingToUndoHere,
    ReceiptClosed,
    TooLateToUndoReceipt,
)


@transaction.atomic
def finish(receipt_id: int, *, actor: Actor, at: dt.datetime) -> Receipt:
    """End the counting. Where a sample is due the receipt waits in `inspecting` for its answers.

    Publishes `suppliers.received` when the receipt is finished. Finishing again does nothing.

    Raises:
        ReceiptClosed: it waits for answers that only `answer_inspection` gives.
    """
    asn, receipt = receiving.lock_receipt(receipt_id)
    if receipt.state == states.FINISHED:
        return receipt
    if receipt.state == states.INSPECTING:
        raise ReceiptClosed(number=receipt.number)
    due = Inspection.objects.bulk_create(_samples(asn.supplier, receipt))
    if due:
        receipt.state = states.after("receipt", receipt.state, "inspect")
        receipt.step = "sample"
        receipt.save(update_fields=["state", "step"])
        return receipt
    _end(asn, receipt, actor=actor, at=at)
    return receipt


@transaction.atomic
def answer_inspection(
    inspection_id: int, *, failed_qty: int, actor: Actor, at: dt.datetime
) -> Inspection:
    """Say how many inspected units failed; the last answer ends the receipt.

    Up to the supplier's limit the failed units alone are damaged; above it all units of the line
    that still stand at the dock go to quality control.

    Raises:
        InspectionDone: it was answered before.
        FailedTooMany: more failed than were inspected.
    """
    receipt_id = Inspection.objects.values_list("receipt_id", flat=True).get(pk=inspection_id)
    asn, receipt = receiving.lock_receipt(receipt_id)
    sample = Inspection.objects.select_related("asn_line").get(pk=inspection_id)
    if not 0 <= failed_qty <= sample.sample_qty:
        raise FailedTooMany(sample_qty=sample.sample_qty, failed_qty=failed_qty)
    failed = failed_qty > _limit(asn.supplier)
    try:
        sample.state = states.after("inspection", sample.state, "fail" if failed else "pass")
    except states.IllegalMove as error:
        raise InspectionDone from error
    sample.failed_qty, sample.done_at, sample.done_by = failed_qty, at, actor.key
    sample.save(update_fields=["state", "failed_qty", "done_at", "done_by"])
    if failed_qty:
        kind, qty = ("quality", sample.asn_line.received_qty) if failed else ("damaged", failed_qty)
        withdrawing.withdraw(
            withdrawing.Withdrawal(sample.asn_line, kind, qty, receipt.pk),
            event_key=f"inspection:{sample.pk}",
            actor=actor,
            at=at,
        )
    audit.record(
        actor=actor,
        action="suppliers.sample_failed" if failed else "suppliers.sample_passed",
        target=f"asn:{asn.pk}",
        after={"sku": sample.asn_line.sku_id, "sample": sample.sample_qty, "failed": failed_qty},
        at=at,
    )
    if not receipt.inspections.filter(state=states.DUE).exists():
        _end(asn, receipt, actor=actor, at=at)
    return sample


@transaction.atomic
def undo_last(receipt_id: int, *, actor: Actor, at: dt.datetime) -> list[ReceiptLine]:
    """Take the last booking of an open receipt back, by reversing entries; return its lines.

    Raises:
        NothingToUndoHere: nothing is booked.
        TooLateToUndoReceipt: its units were taken out of the dock since, or took others out.
        ReceiptClosed: the receipt is not open.
    """
    asn, receipt = receiving.lock_receipt(receipt_id)
    if receipt.state != states.OPEN:
        raise ReceiptClosed(number=receipt.number)
    booked = receipt.lines.counted().filter(from_line=None)
    last = booked.order_by("-pk").first()
    if last is None:
        raise NothingToUndoHere
    lines = list(booked.filter(event_key=last.event_key).order_by("pk"))
    moved_on = ReceiptLine.objects.filter(event_key=last.event_key).exclude(from_line=None)
    if moved_on.exists() or any(line.put_away_qty or line.withdrawn_qty for line in lines):
        raise TooLateToUndoReceipt
    supplier_goods.send_back(
        [
            supplier_goods.SendBackLine(
                line.bin_id,
                line.sku_id,
                line.qty,
                line.lot_id,
                "damaged" if line.kind == "damaged" else "quarantine",
            )
            for line in lines
        ],
        event_key=f"receipt:{last.event_key}:undo",
        undoes=f"receipt:{last.event_key}",
        actor=actor,
        at=at,
        reason="UNDONE",
    )
    line = AsnLine.objects.get(pk=last.asn_line_id)
    receiving.count_on(line, lines, sign=-1)
    ReceiptLine.objects.filter(pk__in=[row.pk for row in lines]).update(is_undone=True)
    purchase_receiving.book(asn.pk, line_ids=[line.pk], actor=actor, at=at)
    audit.record(
        actor=actor,
        action="suppliers.count_undone",
        target=f"asn:{asn.pk}",
        after={"receipt": receipt.number, "sku": last.sku_id, "units": sum(r.qty for r in lines)},
        at=at,
    )
    return lines


def _samples(supplier: Supplier, receipt: Receipt) -> list[Inspection]:
    good = (
        receipt.lines.at_dock()
        .values("asn_line_id")
        .annotate(units=Sum(F("qty") - F("withdrawn_qty") - F("put_away_qty")))
        .order_by("asn_line_id")
    )
    sizes = (
        (
            row["asn_line_id"],
            sample_size(row["units"], supplier.inspection, is_new_supplier=supplier.is_new),
        )
        for row in good
    )
    return [
        Inspection(receipt=receipt, asn_line_id=line_id, sample_qty=size)
        for line_id, size in sizes
        if size
    ]


def _limit(supplier: Supplier) -> int:
    if supplier.failed_limit_qty is not None:
        return supplier.failed_limit_qty
    return cast(int, settings_store.get(defaults.FAILED_LIMIT))


def _end(asn: Asn, receipt: Receipt, *, actor: Actor, at: dt.datetime) -> None:
    receipt.state = states.after("receipt", receipt.state, "finish")
    receipt.finished_at = at
    receipt.step, receipt.pending_sku, receipt.pending_qty = "item", None, 0
    receipt.save(update_fields=["state", "finished_at", "step", "pending_sku", "pending_qty"])
    units = receipt.lines.counted().filter(from_line=None).aggregate(n=Sum("qty", default=0))["n"]
    publish(
        "suppliers.received",
        target=f"asn:{asn.pk}",
        at=at,
        receipt_id=receipt.pk,
        warehouse_id=asn.warehouse_id,
        units=units,
    )
    audit.record(
        actor=actor,
        action="suppliers.receipt_finished",
        target=f"asn:{asn.pk}",
        after={"receipt": receipt.number, "units": units},
        at=at,
    )
    arrivals.finish_if_complete(asn, actor=actor, at=at)
    purchase_receiving.settle(asn, actor=actor, at=at)
    claims.draft_for(asn, actor=actor, at=at)
