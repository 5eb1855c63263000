"""The pack station's scans: tote, units, box, label; each booked as it comes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from core import settings_store
from core.actors import Actor
from fulfillment.domain import defaults
from fulfillment.domain.pack_steps import (
    OtherLine,
    PackAnswer,
    PackCard,
    PackExtra,
    PackLine,
    PackStep,
    advance,
)
from fulfillment.domain.pick_steps import Scanned
from fulfillment.models import Carton, CartonExtra, CartonLine
from fulfillment.services import (
    box_closing,
    coupons,
    inserts,
    multi_box,
    pack_planning,
    packing,
    resolving,
)
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Sku
from orders.services import floor
from shipping.models import Parcel
from shipping.services import parcels


def card_of(carton: Carton) -> PackCard:
    """Return the carton as the rules of pack scans see it."""
    # A wholesale order has hundreds of lines, and every scan reads them all: no model instances.
    rows = list(
        CartonLine.objects.filter(carton=carton)
        .order_by("pk")
        .values_list("pk", "sku__code", "lot__code", "qty", "verified_qty", "verified_at")
    )
    lines = tuple(
        PackLine(pk, sku_code, lot_code or "", qty, verified_qty)
        for pk, sku_code, lot_code, qty, verified_qty, _at in rows
    )
    scanned = [(at, pk) for pk, *_line, verified_qty, at in rows if verified_qty and at]
    extras = _extras(carton)
    return PackCard(
        lines=lines,
        step=_step(carton, lines, extras),
        tracking_number=_tracking_number(carton),
        box_codes=frozenset(box_codes()),
        blocked=floor.may_proceed([carton.shipment_id]).get(carton.shipment_id, ""),
        extras=extras,
        may_undo_extra=CartonExtra.objects.filter(
            carton=carton, added_at__isnull=False, kind__in=inserts.SCANNED
        ).exists(),
        question=carton.question,
        elsewhere=_elsewhere(carton),
        last_line_id=max(scanned)[1] if scanned else 0,
        count_from_qty=int(str(settings_store.get(defaults.PACK_COUNT_FROM_QTY.name))),
    )


def _elsewhere(carton: Carton) -> tuple[OtherLine, ...]:
    rows = (
        CartonLine.objects.filter(
            carton__shipment_id=carton.shipment_id, carton__state__in=multi_box.OPEN
        )
        .exclude(carton=carton)
        .select_related("sku", "lot")
        .order_by("carton__number", "pk")
    )
    return tuple(
        OtherLine(
            line.pk,
            line.sku.code,
            line.lot.code if line.lot else "",
            line.qty,
            line.qty - line.verified_qty,
        )
        for line in rows
    )


def _extras(carton: Carton) -> tuple[PackExtra, ...]:
    return tuple(PackExtra(row.pk, row.sku.code, row.qty) for row in inserts.waiting(carton.pk))


def box_codes() -> list[str]:
    """Return the codes of the boxes and mailers that can be scanned."""
    return list(
        Sku.objects.filter(kind="packaging", archived=False)
        .order_by("code")
        .values_list("code", flat=True)
    )


def scan(carton: Carton, raw: str, *, actor: Actor, at: dt.datetime) -> ScanAnswer:
    """Answer one scan for a carton and book what it completes.

    Raises:
        StepStopped, NotVerified, WeightMissing, WrongLabel: as the packing and parcel services.
    """
    if carton.state == "verified":
        # The order may have changed since the carton was opened (X15).
        inserts.plan_extras(carton.pk, actor=actor, at=at)
    card = card_of(carton)
    scanned = resolving.resolve(raw, warehouse_id=carton.shipment.warehouse_id)
    coupon = scanned.value if card.step == "insert" and scanned.kind == "unknown" else ""
    if coupon:
        scanned = _as_insert(carton, scanned)
    answer = advance(card, scanned)
    data = _data(answer, scanned.value or raw)
    if answer.verdict == "reject":
        return ScanAnswer("reject", answer.why, data)
    if answer.done in _BOXES:
        return _book_box(carton, answer, data, actor=actor, at=at)
    if answer.units:
        packing.verify(
            carton_id=carton.pk,
            line_id=answer.line_id,
            units=answer.units,
            actor=actor,
            at=at,
            same_scan=answer.done == "count",
        )
    if answer.extra_id:
        return _book_extra(carton, answer, data, coupon, actor=actor, at=at)
    return _book(carton, answer, data, actor=actor, at=at)


def _as_insert(carton: Carton, scanned: Scanned) -> Scanned:
    """Read a coupon code as the insert that carries it, if one of its campaign waits."""
    campaign_id = coupons.campaign_of(scanned.value)
    for row in inserts.waiting(carton.pk):
        if campaign_id is not None and row.campaign_id == campaign_id:
            return replace(scanned, kind="item", value=row.sku.code)
    return scanned


def _book_extra(
    carton: Carton,
    answer: PackAnswer,
    data: dict[str, Any],
    coupon: str,
    *,
    actor: Actor,
    at: dt.datetime,
) -> ScanAnswer:
    if answer.done == "insert":
        inserts.add(answer.extra_id, coupon_code=coupon, actor=actor, at=at)
        return ScanAnswer(answer.verdict, answer.why, data)
    short = inserts.report_missing(answer.extra_id, actor=actor, at=at)
    data["insert"] = short.extra.sku.code
    if short.outcome == "held":
        note = f"{short.extra.rule_code}: {short.extra.sku.code}"
        floor.hold_for_person(carton.shipment_id, reason=note, actor=actor, at=at)
        return ScanAnswer("warn", "INSERT_BLOCKS", data, next_key="next")
    why = "INSERT_ALTERNATE" if short.outcome == "alternate" else answer.why
    return ScanAnswer("warn", why, data)


def _book(
    carton: Carton, answer: PackAnswer, data: dict[str, Any], *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    if answer.done == "confirm" and carton.parcel_id:
        parcels.confirm_scan(carton.parcel_id, str(data["scanned"]), actor=actor, at=at)
        return _next_box(carton, answer, data)
    if answer.done == "undo_insert":
        inserts.undo_last(carton.pk, actor=actor, at=at)
    elif answer.done == "undo":
        packing.undo_last(carton_id=carton.pk, actor=actor, at=at)
    elif answer.done == "hold":
        floor.hold_for_person(carton.shipment_id, reason="OPERATOR", actor=actor, at=at)
        return ScanAnswer("warn", answer.why, data, next_key="next")
    return ScanAnswer(answer.verdict, answer.why, data)


_BOXES = frozenset({"box", "ok", "weight", "new_box", "go_box", "bring"})


def _book_box(
    carton: Carton, answer: PackAnswer, data: dict[str, Any], *, actor: Actor, at: dt.datetime
) -> ScanAnswer:
    """Book what a scan says about boxes: which, how heavy, one more, from one into another."""
    if answer.done == "new_box":
        fresh = multi_box.new_box(carton_id=carton.pk, actor=actor, at=at)
        for part in (carton, fresh):
            pack_planning.plan_now(part, at=at)
        return ScanAnswer("accept", answer.why, data, next_key=f"carton:{fresh.pk}")
    if answer.done == "go_box":
        found = multi_box.find_box(carton.shipment_id, answer.number)
        return ScanAnswer("accept", answer.why, data, next_key=f"carton:{found.pk}")
    if answer.done == "bring":
        brought = multi_box.bring(
            carton_id=carton.pk, line_id=answer.line_id, units=answer.units, actor=actor, at=at
        )
        data["box"] = brought.from_number
        pack_planning.plan_now(carton, at=at)
        return ScanAnswer(answer.verdict, answer.why, data)
    if answer.done == "weight":
        said = box_closing.weigh(carton.pk, answer.number, actor=actor, at=at)
    elif answer.done == "ok":
        said = box_closing.confirm(carton.pk, actor=actor, at=at)
    else:
        # No box code at hand: the carton closes as unboxed goods (own packaging).
        box = Sku.objects.filter(code=answer.box_code).first() if answer.box_code else None
        said = box_closing.use_box(carton.pk, box, actor=actor, at=at)
    return ScanAnswer(said.verdict, said.why, {**data, **said.data})


def _next_box(carton: Carton, answer: PackAnswer, data: dict[str, Any]) -> ScanAnswer:
    """Go to the next open box of the shipment, else to the next tote."""
    for box in multi_box.living(carton.shipment_id):
        if box.state in multi_box.OPEN:
            return ScanAnswer("complete", "BOX_DONE", data, next_key=f"carton:{box.pk}")
    return ScanAnswer("complete", answer.why, data, next_key="next")


def _step(carton: Carton, lines: tuple[PackLine, ...], extras: tuple[PackExtra, ...]) -> PackStep:
    if carton.state == "closed":
        return "label"
    if not lines or any(line.left_qty for line in lines):
        return "item"
    return "insert" if extras else "box"


def _tracking_number(carton: Carton) -> str:
    if carton.parcel_id is None:
        return ""
    number = (
        Parcel.objects.filter(pk=carton.parcel_id).values_list("tracking_number", flat=True).first()
    )
    return number or ""


def _data(answer: PackAnswer, scanned: str) -> dict[str, Any]:
    lines = answer.card.lines
    waiting = next((line for line in lines if line.left_qty), None)
    return {
        "scanned": scanned,
        "wanted": answer.card.tracking_number,
        "sku": waiting.sku_code if waiting else "",
        "insert": answer.card.extras[0].sku_code if answer.card.extras else "",
        "counted": sum(line.verified_qty for line in lines),
        "qty": sum(line.qty for line in lines),
    }
