"""Arrivals: announced, registered at the dock, closed short, cancelled.

Every function locks the arrival first, then its purchase order; whoever counts goods does the same,
so an arrival is never closed under a scan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import cast

from django.db import IntegrityError, transaction

from core import numbers, settings_store
from core.actors import Actor
from core.events import publish
from core.gs1 import check_digit_holds
from inventory.models import Sku, Warehouse
from suppliers.domain import defaults, states
from suppliers.domain.tolerance import allowed_over
from suppliers.models import Asn, AsnCarton, AsnLine, Receipt, Supplier
from suppliers.services import answer_rows, journal, purchase_rows
from suppliers.services.drafts import ArrivalDraft, LineDraft
from suppliers.services.errors import (
    ArrivalKnown,
    ArrivalState,
    BadSscc,
    NothingAnnounced,
    PlaceMissing,
    ReasonNeeded,
    SkuMissing,
    StillCounting,
    SupplierMissing,
)

SHORT_REASONS = ("NOT_SENT", "LOST_IN_TRANSIT", "COUNT_WRONG", "SUPPLIER_CANCELLED")


@transaction.atomic
def announce(draft: ArrivalDraft, *, actor: Actor, at: dt.datetime) -> Asn:
    """Write down what a supplier sends; the same SKU on two lines is one line.

    Raises:
        SupplierMissing, PlaceMissing, SkuMissing, NothingAnnounced, BadSscc: a part is refused.
        ArrivalKnown: the supplier's number is announced already; nothing is written.
    """
    supplier = _supplier(draft.supplier_code)
    place = _warehouse(draft.warehouse_code)
    wanted = _units(draft.lines)
    ordered = {line.sku_code: line.purchase_line_id for line in draft.lines}
    skus = {sku.code: sku for sku in Sku.objects.filter(code__in=wanted)}
    for code in wanted:
        if code not in skus:
            raise SkuMissing(sku=code)
    asn = _create(draft, supplier, place, actor=actor, at=at)
    AsnLine.objects.bulk_create(
        [
            _line(asn, skus[code], qty, supplier, purchase_line_id=ordered[code])
            for code, qty in wanted.items()
        ],
        batch_size=500,
    )
    AsnCarton.objects.bulk_create(
        [AsnCarton(asn=asn, sscc=sscc) for sscc in _ssccs(draft.ssccs)], batch_size=500
    )
    journal.note(
        asn, "arrival_announced", {"lines": len(wanted), "units": sum(wanted.values())}, actor, at
    )
    return asn


@transaction.atomic
def register_unplanned(
    *, supplier_id: int, warehouse_id: int, actor: Actor, at: dt.datetime, reference: str = ""
) -> Asn:
    """Write down goods that stand at the dock unannounced; nothing of them can be excess.

    Raises:
        SupplierMissing: the supplier is not in use.
    """
    supplier = Supplier.objects.active().filter(pk=supplier_id).first()
    if supplier is None:
        raise SupplierMissing(supplier=supplier_id)
    draft = ArrivalDraft(supplier_code=supplier.code, warehouse_code="", reference=reference)
    place = Warehouse.objects.get(pk=warehouse_id)
    asn = _create(draft, supplier, place, actor=actor, at=at, is_unplanned=True)
    journal.note(asn, "arrival_unplanned", {"supplier": supplier.code}, actor, at)
    return asn


@transaction.atomic
def close_short(
    asn_id: int,
    *,
    reason: str,
    actor: Actor,
    at: dt.datetime,
    line_ids: Collection[int] | None = None,
) -> Asn:
    """Give up what is still open, of all lines or of the named ones (X16).

    The arrival closes once nothing is open any more; incoming units shrink at once.

    Raises:
        ReasonNeeded: the reason is none of `SHORT_REASONS`.
        ArrivalState: the arrival is closed.
        StillCounting: somebody counts it right now.
    """
    if reason not in SHORT_REASONS:
        raise ReasonNeeded
    asn = lock(asn_id)
    move_state(asn, "close_short")
    counting = Receipt.objects.unfinished().filter(asn=asn).order_by("pk").first()
    if counting is not None:
        raise StillCounting(receipt=counting.number)
    given_up = 0
    for line in asn.lines.order_by("pk"):
        if line.open_qty and (line_ids is None or line.pk in line_ids):
            given_up += line.open_qty
            line.short_qty, line.short_reason = line.short_qty + line.open_qty, reason
            line.save(update_fields=["short_qty", "short_reason"])
    if not any(line.open_qty for line in asn.lines.all()):
        _close(asn, states.CLOSED_SHORT, at)
        publish(
            "suppliers.closed_short",
            target=f"asn:{asn.pk}",
            at=at,
            warehouse_id=asn.warehouse_id,
            units=given_up,
        )
    journal.note(asn, "arrival_closed_short", {"units": given_up}, actor, at, reason)
    _tell_order(asn, at)
    return asn


@transaction.atomic
def cancel(asn_id: int, *, reason: str, actor: Actor, at: dt.datetime) -> Asn:
    """Take an arrival back of which nothing was counted.

    Raises:
        ArrivalState: goods of it were counted, or it is closed.
    """
    asn = lock(asn_id)
    state = move_state(asn, "cancel")
    _close(asn, state, at)
    Receipt.objects.unfinished().filter(asn=asn).update(state="finished", finished_at=at)
    journal.note(asn, "arrival_cancelled", {"state": state}, actor, at, reason)
    _tell_order(asn, at)
    return asn


def lock(asn_id: int) -> Asn:
    """Return the arrival, its row locked until the caller's transaction ends."""
    rows = Asn.objects.select_for_update(of=("self",)).select_related("supplier", "warehouse")
    return rows.get(pk=asn_id)


def move_state(asn: Asn, move: str) -> str:
    """Return the state `move` leads to from the arrival's state.

    Raises:
        ArrivalState: its table has no such move from there.
    """
    try:
        return states.after("arrival", asn.state, move)
    except states.IllegalMove as error:
        raise ArrivalState(number=asn.number, state=asn.get_state_display()) from error


def finish_if_complete(asn: Asn, *, actor: Actor, at: dt.datetime) -> bool:
    """Close the locked arrival when nothing is open and nobody counts; say whether it closed."""
    if Receipt.objects.unfinished().filter(asn=asn).exists():
        return False
    lines = list(asn.lines.all())
    if not lines or any(line.open_qty for line in lines) or asn.state != states.RECEIVING:
        return False
    _close(asn, move_state(asn, "finish"), at)
    journal.note(asn, "arrival_received", {"lines": len(lines)}, actor, at)
    return True


def tolerance_of(supplier: Supplier) -> tuple[Decimal, int]:
    """Return the share in percent and the units from which an excess is held."""
    share, units = supplier.over_pct, supplier.over_qty
    return (
        cast(Decimal, settings_store.get(defaults.OVER_PCT)) if share is None else share,
        cast(int, settings_store.get(defaults.OVER_QTY)) if units is None else units,
    )


def _supplier(code: str) -> Supplier:
    supplier = Supplier.objects.active().filter(code=code).first()
    if supplier is None:
        raise SupplierMissing(supplier=code)
    return supplier


def _warehouse(code: str) -> Warehouse:
    place = Warehouse.objects.filter(code=code).first()
    if place is None:
        raise PlaceMissing(warehouse=code)
    return place


def _units(lines: Sequence[LineDraft]) -> Mapping[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        if type(line.qty) is not int or line.qty < 1:
            raise NothingAnnounced
        wanted[line.sku_code] = wanted.get(line.sku_code, 0) + line.qty
    if not wanted:
        raise NothingAnnounced
    return wanted


def _ssccs(codes: Sequence[str]) -> list[str]:
    for code in codes:
        if len(code) != 18 or not check_digit_holds(code):
            raise BadSscc(sscc=code)
    known = AsnCarton.objects.filter(sscc__in=codes).select_related("asn").order_by("pk").first()
    if known is not None:
        raise ArrivalKnown(reference=known.sscc, number=known.asn.number)
    return sorted(set(codes))


def _create(
    draft: ArrivalDraft,
    supplier: Supplier,
    place: Warehouse,
    *,
    actor: Actor,
    at: dt.datetime,
    is_unplanned: bool = False,
) -> Asn:
    asn = Asn(
        number=numbers.take("asn")[0],
        supplier=supplier,
        warehouse=place,
        purchase_order_id=draft.purchase_order_id,
        reference=draft.reference,
        carrier=draft.carrier,
        tracking=draft.tracking,
        expected_on=draft.expected_on,
        is_unplanned=is_unplanned,
        state=states.ARRIVED if is_unplanned else states.ANNOUNCED,
        arrived_at=at if is_unplanned else None,
        created_at=at,
        created_by=actor.key,
    )
    try:
        with transaction.atomic():
            asn.save(force_insert=True)
    except IntegrityError as error:
        known = Asn.objects.filter(supplier=supplier, reference=draft.reference)
        first = known.exclude(state=states.CANCELLED).order_by("pk").first()
        if first is None:
            raise
        raise ArrivalKnown(reference=draft.reference, number=first.number) from error
    return asn


def _line(
    asn: Asn, sku: Sku, qty: int, supplier: Supplier, *, purchase_line_id: int | None
) -> AsnLine:
    over_pct, over_qty = tolerance_of(supplier)
    return AsnLine(
        asn=asn,
        sku=sku,
        purchase_line_id=purchase_line_id,
        announced_qty=qty,
        allowed_over_qty=allowed_over(qty, over_pct, over_qty),
    )


def _tell_order(asn: Asn, at: dt.datetime) -> None:
    """Count on the arrival's order what is on its way of it now; the arrival is locked first."""
    if asn.purchase_order_id is not None:
        answer_rows.follow_shipments(purchase_rows.lock(asn.purchase_order_id), at=at)


def _close(asn: Asn, state: str, at: dt.datetime) -> None:
    asn.state, asn.closed_at = state, at
    asn.save(update_fields=["state", "closed_at"])
