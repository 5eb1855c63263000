"""Drafts of purchase orders: by hand, by the system, edited by several people at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core import approvals, numbers
from core.actors import SYSTEM, Actor
from core.money import UnknownCurrency, exponent
from core.services.rates import RateUnknown, rate_on
from inventory.models import Warehouse
from suppliers.domain.purchase_diff import Difference, differences
from suppliers.models import (
    AgreementLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierLeadTime,
    SupplierSku,
)
from suppliers.services import journal, purchase_lines, purchase_rows
from suppliers.services.purchase_drafts import LineAsk, OrderDraft
from suppliers.services.purchase_errors import (
    CurrencyRefused,
    OrderStale,
    SupplierFixed,
    SupplierInactive,
    WarehouseUnknown,
    WhyNeeded,
)


@transaction.atomic
def create_draft(
    draft: OrderDraft, *, actor: Actor, at: dt.datetime, source_key: str = ""
) -> PurchaseOrder:
    """Write a person's draft: needs rounded to least orders and packs, prices quoted.

    `source_key` names the row of a file it comes from; a second draft with it is refused by the
    database.

    Raises:
        SupplierInactive, WarehouseUnknown, CurrencyRefused, NoLines, SkuTwice, SkuUnknown,
        PriceRefused: nothing is written.
    """
    return _create(draft, actor=actor, at=at, source_key=source_key)


@transaction.atomic
def create_system_draft(draft: OrderDraft, *, source_key: str, at: dt.datetime) -> PurchaseOrder:
    """Write a draft that planning asks for, once per `source_key`; a repeat returns the first.

    Idempotent. It is nobody's order until a buyer takes it on and submits it.

    Raises:
        WhyNeeded: the draft does not say why.
        What `create_draft` raises.
    """
    if not draft.reason.strip():
        raise WhyNeeded
    known = PurchaseOrder.objects.filter(source_key=source_key).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _create(draft, actor=SYSTEM, at=at, is_system=True, source_key=source_key)
    except IntegrityError:
        return PurchaseOrder.objects.get(source_key=source_key)


@transaction.atomic
def edit_draft(
    order_id: int, draft: OrderDraft, *, expected_version: int, actor: Actor, at: dt.datetime
) -> PurchaseOrder:
    """Save a draft over the version its editor had read; one that waits is withdrawn by it.

    Raises:
        OrderStale: somebody saved it meanwhile; `data["differences"]`: saved values, then these.
        OrderState: it is no draft, nor rejected, nor waits for approval.
        SupplierFixed: the supplier holds an earlier revision of it.
        What `create_draft` raises.
    """
    order = purchase_rows.lock(order_id)
    head, lines = wanted_of(order, draft, at=at)
    refuse_stale(order, expected_version, head, lines)
    state = purchase_rows.move(order, "edit")
    if order.state == PurchaseOrder.State.PENDING:
        approvals.supersede(f"purchase_order:{order.pk}", actor=actor, at=at)
    lines = purchase_lines.write(order, lines)
    purchase_rows.save(order, **head, state=state, approval_hash="", approved_at=None)
    journal.note(
        order, "edited", {"lines": len(lines), "version": order.version}, actor=actor, at=at
    )
    return order


@transaction.atomic
def duplicate(order_id: int, *, actor: Actor, at: dt.datetime) -> PurchaseOrder:
    """Write a draft with the needs of another order, priced as of today.

    Raises:
        OrderMissing, and what `create_draft` raises.
    """
    order = purchase_rows.lock(order_id)
    draft = OrderDraft(
        supplier_id=order.supplier_id,
        warehouse_id=order.warehouse_id,
        currency=order.currency,
        mode=order.mode,
        reason=order.reason,
        note=order.note,
        lines=[
            LineAsk(line.sku_id, line.raw_need_qty or line.qty)
            for line in purchase_rows.lines_of(order)
        ],
    )
    return _create(draft, actor=actor, at=at)


def wanted_of(
    order: PurchaseOrder,
    draft: OrderDraft,
    *,
    at: dt.datetime,
    kept: dict[int, PurchaseLine] | None = None,
) -> tuple[dict[str, Any], list[PurchaseLine]]:
    """Return the head's values and the unsaved lines that a draft would give a locked order.

    `kept` lines, by SKU id, keep their price while their units stay the same.

    Raises:
        SupplierFixed: the supplier holds the order and the draft names another one.
        What `create_draft` raises.
    """
    if order.sent_at is not None and order.supplier_id != draft.supplier_id:
        raise SupplierFixed(supplier=order.supplier.code)
    head = _head(draft)
    terms = purchase_lines.Terms(
        supplier_id=draft.supplier_id,
        currency=head["currency"],
        on=at.date(),
        required_by=draft.required_by,
        order_id=order.pk,
        kept=kept or {},
    )
    lines = purchase_lines.prepare(draft.lines, terms)
    return {**head, **sums(lines, head, at=at, rate=order.fx_rate if kept else None)}, lines


def refuse_stale(
    order: PurchaseOrder,
    expected_version: int,
    head: dict[str, Any],
    lines: Sequence[PurchaseLine],
) -> None:
    """Refuse to save over a version the editor has not seen.

    Raises:
        OrderStale: `data["differences"]` holds what is saved and what the editor wanted.
    """
    if order.version == expected_version:
        return
    saved = purchase_rows.snapshot_of(order, purchase_rows.lines_of(order))
    mine = PurchaseOrder(number=order.number, **head)
    differing = differences(saved, purchase_rows.snapshot_of(mine, lines))
    raise OrderStale(
        number=order.number,
        n=len(differing),
        differences=tuple(_plain(one) for one in differing),
        version=order.version,
    )


def sums(
    lines: Sequence[PurchaseLine],
    head: dict[str, Any],
    *,
    at: dt.datetime,
    rate: Decimal | None = None,
) -> dict[str, Any]:
    """Return total, rate, base total, agreement and expected day of an order with these lines."""
    total = purchase_rows.total_of(lines, head["currency"])
    rate = rate if rate is not None else _rate(head["currency"], at.date())
    return {
        "total_amount": total,
        "fx_rate": rate,
        "total_base_amount": purchase_rows.based(total, rate) if rate is not None else None,
        "is_off_agreement": any(purchase_lines.is_off(line) for line in lines),
        "agreement_id": _agreement(lines),
        "expected_on": expected_on(head["supplier"].pk, head["mode"], lines, at.date()),
    }


def expected_on(
    supplier_id: int, mode: str, lines: Sequence[PurchaseLine], on: dt.date
) -> dt.date | None:
    """Return the day goods ordered today should arrive, by agreed lead times; None: none known."""
    own = SupplierSku.objects.filter(
        supplier_id=supplier_id,
        sku_id__in=[line.sku_id for line in lines],
        lead_days__isnull=False,
    ).values_list("lead_days", flat=True)
    agreed = SupplierLeadTime.objects.filter(supplier_id=supplier_id, mode=mode)
    days = [*agreed.values_list("agreed_days", flat=True), *(row for row in own if row is not None)]
    return on + dt.timedelta(days=max(days)) if days else None


def _create(
    draft: OrderDraft,
    *,
    actor: Actor,
    at: dt.datetime,
    is_system: bool = False,
    source_key: str = "",
) -> PurchaseOrder:
    head = _head(draft)
    terms = purchase_lines.Terms(
        supplier_id=draft.supplier_id,
        currency=head["currency"],
        on=at.date(),
        required_by=draft.required_by,
    )
    lines = purchase_lines.prepare(draft.lines, terms)
    order = PurchaseOrder.objects.create(
        number=numbers.take("purchase_order")[0],
        is_system=is_system,
        source_key=source_key,
        created_at=at,
        created_by=actor.key,
        **head,
        **sums(lines, head, at=at),
    )
    for line in lines:
        line.order = order
    PurchaseLine.objects.bulk_create(lines, batch_size=500)
    journal.note(
        order, "drafted", {"lines": len(lines)}, actor=actor, at=at, reason=draft.reason[:200]
    )
    return order


def _head(draft: OrderDraft) -> dict[str, Any]:
    supplier = Supplier.objects.active().filter(pk=draft.supplier_id).first()
    if supplier is None:
        raise SupplierInactive(supplier=draft.supplier_id)
    warehouse = Warehouse.objects.filter(pk=draft.warehouse_id).first()
    if warehouse is None:
        raise WarehouseUnknown
    currency = (draft.currency or supplier.currency).strip().upper()
    try:
        exponent(currency)
    except UnknownCurrency as error:
        raise CurrencyRefused(currency=currency or "-") from error
    return {
        "supplier": supplier,
        "warehouse": warehouse,
        "currency": currency,
        "mode": draft.mode,
        "required_by": draft.required_by,
        "reason": draft.reason.strip()[:400],
        "note": draft.note.strip()[:400],
    }


def _rate(currency: str, on: dt.date) -> Decimal | None:
    """Return the rate of the day; a draft may wait for one, a submitted order may not."""
    try:
        return rate_on(currency, on)
    except RateUnknown:
        return None


def _agreement(lines: Sequence[PurchaseLine]) -> int | None:
    """Return the agreement all called-off lines stand on, if it is one."""
    called_off = {line.agreement_line_id for line in lines if line.agreement_line_id is not None}
    rows = AgreementLine.objects.filter(pk__in=called_off).values_list("agreement_id", flat=True)
    found = set(rows)
    return found.pop() if len(found) == 1 else None


def _plain(one: Difference) -> tuple[str, str, Any, Any]:
    return one.sku, one.field, one.before, one.after
