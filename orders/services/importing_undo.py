"""Take an import of orders back.

Past orders are removed: nothing stands on them. Open orders are cancelled, which gives their stock
back, and their number is freed so that a corrected file can bring them again; an order that has
moved on since is left and listed.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.imports.kinds import Change, ImportContext, UndoReport
from core.models.audit import AuditEntry
from customers.services import importing as customer_rows
from inventory.services import importing_products as product_rows
from inventory.services import level_sql
from orders.models import Order, OrderLine, Payment, ReturnFact, SetAsideLine, Shipment
from orders.services import importing_customers, lifecycle
from orders.services.dossier import open_dossiers

PART = 500


def undo(context: ImportContext, changes: Sequence[Change]) -> UndoReport:
    """Take back what the batch of `context` wrote; call it inside a transaction."""
    report = UndoReport()
    customer_ids = set(
        Order.objects.filter(import_batch_id=context.batch_id, customer__isnull=False).values_list(
            "customer_id", flat=True
        )
    )
    _remove_history(context, report)
    _cancel_open(context, report)
    report.removed += ReturnFact.objects.filter(import_batch_id=context.batch_id).delete()[0]
    SetAsideLine.objects.filter(batch_id=context.batch_id).delete()
    importing_customers.count_orders_of(customer_ids, at=context.at)
    for part in (
        product_rows.take_back(changes),
        customer_rows.take_back(changes),
    ):
        report.add(part)
    return report


def _remove_history(context: ImportContext, report: UndoReport) -> None:
    """Remove past orders still as they came (version 1); lines go with them."""
    mine = Order.objects.filter(import_batch_id=context.batch_id, is_history=True)
    ids = list(mine.filter(version=1).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), PART):
        part = ids[start : start + PART]
        OrderLine.objects.filter(order_id__in=part)._raw_delete(using=mine.db)
        Order.objects.filter(pk__in=part).delete()
    report.removed += len(ids)
    report.touched.extend(mine.exclude(version=1).order_by("pk").values_list("number", flat=True))


def _cancel_open(context: ImportContext, report: UndoReport) -> None:
    """Cancel open orders nobody has worked on, and free their number at the channel."""
    rows = _locked_open(context)
    busy = set(
        Shipment.objects.filter(order__in=[row.pk for row in rows])
        .exclude(status__in=["planned", "cancelled"])
        .values_list("order_id", flat=True)
    )
    busy |= _paid_since(rows)
    for row in rows:
        if row.version != 1 or row.pk in busy:
            report.touched.append(row.number)
            continue
        # What the file said was paid goes with the file: nothing is owed back for it.
        Payment.objects.filter(order=row).delete()
        Order.objects.filter(pk=row.pk).update(paid_amount=0, paid_at=None)
        lifecycle.cancel(row.pk, reason="IMPORT_UNDONE", actor=context.actor, at=context.at)
        freed = f"{row.external_id[:56]}~undone-{context.batch_id}"
        Order.objects.filter(pk=row.pk).update(external_id=freed)
        report.removed += 1


def _locked_open(context: ImportContext) -> list[Order]:
    """Return the batch's open orders; lock all they touch at once, as each is cancelled alone."""
    mine = Order.objects.filter(import_batch_id=context.batch_id, is_history=False)
    dossiers = open_dossiers(
        mine.exclude(status="cancelled").order_by("pk").values_list("pk", flat=True)
    )
    level_sql.lock_levels(
        (shipment.warehouse_id, part.sku_id)
        for dossier in dossiers
        for shipment in dossier.shipments
        for part in dossier.shipment_lines.get(shipment.pk, ())
    )
    return [dossier.order for dossier in dossiers if dossier.order.status != "cancelled"]


def _paid_since(rows: Sequence[Order]) -> set[int]:
    """Return the orders with a payment that did not come with the file."""
    entries = AuditEntry.objects.filter(
        target_kind="order",
        target_id__in=[str(row.pk) for row in rows],
        action="orders.payment_recorded",
    )
    return {int(pk) for pk in entries.values_list("target_id", flat=True).order_by()}
