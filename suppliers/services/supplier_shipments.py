"""Shipments that a supplier announces against an order: built, amended, taken back.

Order of locks: the arrival first, then the purchase order, as where goods are counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import cast

from django.db import transaction

from core import audit, settings_store
from core.actors import Actor
from core.errors import gettext_noop
from suppliers.domain import answer_settings, purchase_states, shipment_rows
from suppliers.domain.shipment_rows import LineFacts, Problem, ShipmentRow
from suppliers.domain.tolerance import allowed_over
from suppliers.models import (
    Asn,
    AsnCarton,
    AsnContent,
    AsnLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from suppliers.services import answer_mails, answer_rows, arrivals, carton_papers, purchase_rows
from suppliers.services.answer_errors import (
    ShipmentArrived,
    ShipmentLimit,
    ShipmentNotPossible,
    ShipmentRefused,
)
from suppliers.services.drafts import ArrivalDraft, LineDraft
from suppliers.services.shipment_drafts import ShipmentDraft

OPEN_STATES = (purchase_states.CONFIRMED, purchase_states.PARTLY_RECEIVED)


@transaction.atomic
def submit(draft: ShipmentDraft, *, actor: Actor, at: dt.datetime) -> Asn:
    """Announce a shipment of an order's confirmed lines as an arrival with cartons and lots.

    Raises:
        ShipmentNotPossible: the order has no confirmed lines, or ended.
        ShipmentLimit: the supplier announced more shipments today than the setting allows.
        ShipmentRefused: rows lack a lot or expiry, are over the order, or repeat a carton.
        ArrivalKnown: the supplier's number is announced already.
    """
    order = purchase_rows.lock(draft.order_id)
    if order.state not in OPEN_STATES:
        raise ShipmentNotPossible(number=order.number)
    _check_limit(order.supplier, at)
    lines = _lines(order)
    _check(order, draft, lines, at)
    announced = ArrivalDraft(
        supplier_code=order.supplier.code,
        warehouse_code=order.warehouse.code,
        lines=tuple(
            LineDraft(lines[pk].sku.code, qty, pk)
            for pk, qty in shipment_rows.units(draft.rows).items()
        ),
        reference=draft.reference,
        carrier=draft.carrier,
        tracking=draft.tracking,
        expected_on=draft.expected_on,
        ssccs=_ssccs(draft.rows),
        purchase_order_id=order.pk,
    )
    asn = arrivals.announce(announced, actor=actor, at=at)
    _write_contents(asn, draft.rows)
    carton_papers.put_measures(asn, draft.measures)
    answer_rows.follow_shipments(order, at=at)
    word = answer_mails.Word(
        text=gettext_noop("%(supplier)s announced shipment %(asn)s of order %(number)s."),
        kind="order_shipped",
        key=asn.number,
        data={"asn": asn.number},
    )
    answer_mails.tell_buyer(order, word, at=at)
    return asn


@transaction.atomic
def amend(asn_id: int, draft: ShipmentDraft, *, actor: Actor, at: dt.datetime) -> Asn:
    """Replace what a shipment announces, until it arrives.

    Raises:
        ShipmentArrived: it stands at the dock, or was taken back.
        ShipmentRefused: see `submit`.
    """
    asn = arrivals.lock(asn_id)
    order = purchase_rows.lock(draft.order_id)
    if asn.state != "announced" or asn.purchase_order_id != order.pk:
        raise ShipmentArrived(number=asn.number)
    lines = _lines(order)
    _check(order, draft, lines, at, asn=asn)
    asn.reference, asn.carrier, asn.tracking = draft.reference, draft.carrier, draft.tracking
    asn.expected_on = draft.expected_on
    asn.save(update_fields=["reference", "carrier", "tracking", "expected_on"])
    AsnContent.objects.filter(asn_line__asn=asn).delete()
    asn.cartons.all().delete()
    _rewrite_lines(asn, lines, shipment_rows.units(draft.rows), order.supplier)
    AsnCarton.objects.bulk_create(
        [AsnCarton(asn=asn, sscc=code) for code in _ssccs(draft.rows)], batch_size=500
    )
    _write_contents(asn, draft.rows)
    carton_papers.put_measures(asn, draft.measures)
    answer_rows.follow_shipments(order, at=at)
    audit.record(
        actor=actor,
        action="suppliers.arrival_amended",
        target=f"asn:{asn.pk}",
        after={"rows": len(draft.rows), "units": sum(row.qty for row in draft.rows)},
        at=at,
    )
    return asn


@transaction.atomic
def take_back(asn_id: int, *, actor: Actor, at: dt.datetime) -> Asn:
    """Cancel a shipment that has not arrived, as its supplier.

    Raises:
        ShipmentArrived: it has.
    """
    asn = arrivals.lock(asn_id)
    if asn.state != "announced":
        raise ShipmentArrived(number=asn.number)
    asn = arrivals.cancel(asn_id, reason="SUPPLIER", actor=actor, at=at)
    asn.cartons.all().delete()
    return asn


def raise_alarm(order: PurchaseOrder, *, at: dt.datetime) -> None:
    """Tell the buyer that a supplier hit the limit of shipments; once a day. Repeatable (H-14)."""
    word = answer_mails.Word(
        text=gettext_noop(
            "%(supplier)s tried to announce more shipments than a day may have. Ask whether its "
            "link leaked, and revoke it if so."
        ),
        kind="shipment_limit",
        key=at.astimezone(dt.UTC).date().isoformat(),
    )
    answer_mails.tell_buyer(order, word, at=at)


def _check_limit(supplier: Supplier, at: dt.datetime) -> None:
    most = cast(int, settings_store.get(answer_settings.ARRIVALS_PER_DAY))
    since = at - dt.timedelta(days=1)
    rows = Asn.objects.filter(
        supplier=supplier, created_at__gt=since, created_by__startswith="supplier:"
    )
    if rows.count() >= most:
        raise ShipmentLimit(n=most)


def _lines(order: PurchaseOrder) -> dict[int, PurchaseLine]:
    rows = order.lines.select_related("sku").order_by("position")
    return {line.pk: line for line in rows}


def _check(
    order: PurchaseOrder,
    draft: ShipmentDraft,
    lines: Mapping[int, PurchaseLine],
    at: dt.datetime,
    asn: Asn | None = None,
) -> None:
    problems = shipment_rows.problems(
        draft.rows,
        facts(order, lines, without_asn=asn.pk if asn else None),
        known_ssccs=_known(draft.rows, asn),
        today=at.astimezone(dt.UTC).date(),
        most_rows=cast(int, settings_store.get(answer_settings.CARTONS_PER_ARRIVAL)),
    )
    problems += shipment_rows.day_problems(draft.expected_on, today=at.astimezone(dt.UTC).date())
    if problems:
        raise ShipmentRefused(n=len({problem.row for problem in problems}), problems=problems)


def facts(
    order: PurchaseOrder, lines: Mapping[int, PurchaseLine], *, without_asn: int | None = None
) -> dict[int, LineFacts]:
    """Return what may still be shipped of each line, and what its SKU demands."""
    announced = answer_rows.announced_units(order, without_asn=without_asn)
    return {
        pk: LineFacts(
            sku_code=line.sku.code,
            left_qty=max(0, (line.confirmed_qty or 0) - line.short_qty - announced.get(pk, 0)),
            needs_lot=line.sku.lot_tracked,
            needs_expiry=line.sku.lot_tracked and line.sku.shelf_life_days is not None,
        )
        for pk, line in lines.items()
    }


def _known(rows: Sequence[ShipmentRow], asn: Asn | None) -> frozenset[str]:
    found = AsnCarton.objects.filter(sscc__in={row.sscc for row in rows if row.sscc})
    if asn is not None:
        found = found.exclude(asn=asn)
    return frozenset(found.values_list("sscc", flat=True))


def _ssccs(rows: Sequence[ShipmentRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.sscc for row in rows if row.sscc))


def _rewrite_lines(
    asn: Asn, lines: Mapping[int, PurchaseLine], wanted: Mapping[int, int], supplier: Supplier
) -> None:
    over_pct, over_qty = arrivals.tolerance_of(supplier)
    known = {row.purchase_line_id: row for row in asn.lines.order_by("pk")}
    asn.lines.exclude(purchase_line_id__in=wanted).delete()
    for pk, qty in wanted.items():
        row = known.get(pk) or AsnLine(asn=asn, sku_id=lines[pk].sku_id, purchase_line_id=pk)
        row.announced_qty = qty
        row.allowed_over_qty = allowed_over(qty, over_pct, over_qty)
        row.save()


def _write_contents(asn: Asn, rows: Sequence[ShipmentRow]) -> None:
    lines = {row.purchase_line_id: row.pk for row in asn.lines.order_by("pk")}
    cartons = {carton.sscc: carton.pk for carton in asn.cartons.order_by("pk")}
    AsnContent.objects.bulk_create(
        [
            AsnContent(
                asn_line_id=lines[row.line_id],
                carton_id=cartons.get(row.sscc),
                position=position,
                qty=row.qty,
                lot_code=row.lot_code,
                expires_on=row.expires_on,
            )
            for position, row in enumerate(rows, start=1)
        ],
        batch_size=500,
    )


__all__ = ["Problem", "ShipmentRow", "amend", "facts", "raise_alarm", "submit", "take_back"]
