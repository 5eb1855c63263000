"""The receiving screen's scans: read in the context of one receipt, booked by `suppliers`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from core.actors import Actor
from core.models.people import User
from core.permissions import principal_for_user
from core.scanning import ParsedScan, parse_scan
from core.services.badges import PREFIX
from fulfillment.domain.receive_steps import Read, ReceiveCard, Step, advance
from fulfillment.domain.scanned_dates import read_day
from fulfillment.models import Station
from fulfillment.services import printing, resolving
from fulfillment.services.scan_desk import ScanAnswer
from inventory.models import Bin, Lot, Sku
from suppliers.domain.docks import DOCKS
from suppliers.models import AsnLine, Inspection, Receipt, ReceiptLine
from suppliers.services import finishing, receiving, unidentified
from suppliers.services.drafts import Counted

APPROVE = "suppliers.manage_arrivals"


@dataclass(frozen=True, slots=True)
class DockScan:
    """One scan at the dock. `scan_id` makes each of its bookings happen once."""

    raw: str
    scan_id: str
    actor: Actor
    at: dt.datetime
    station_code: str = ""


def card_of(receipt: Receipt) -> ReceiveCard:
    """Return the receipt as the rules of receiving scans see it."""
    if receipt.state == "inspecting":
        sample = next_sample(receipt)
        return ReceiveCard(
            step="sample",
            sku_code=sample.asn_line.sku.code if sample else "",
            sample_qty=sample.sample_qty if sample else 0,
        )
    sku = receipt.pending_sku
    return ReceiveCard(
        step=receipt.step,  # type: ignore[arg-type]  # the CHECK lists the literal's values
        sku_code=sku.code if sku else "",
        code=receipt.pending_code if receipt.step == "unknown" else "",
        lot=receipt.pending_lot,
        expires_on=receipt.pending_expires_on,
        qty=receipt.pending_qty,
        kind=receipt.pending_kind or "good",
        approved_by=receipt.pending_code if receipt.step == "count" else "",
        by_lot=bool(sku and sku.lot_tracked),
    )


def next_sample(receipt: Receipt) -> Inspection | None:
    """Return the sample to look at next; None when none is due."""
    rows = receipt.inspections.filter(state="due").select_related("asn_line__sku")
    return rows.order_by("pk").first()


def scan(receipt: Receipt, call: DockScan) -> ScanAnswer:
    """Answer one scan for a receipt and book what it completes.

    Raises:
        What `suppliers.services` refuses: the floor shows its sentence.
    """
    card = card_of(receipt)
    step = advance(card, _read(receipt, card, call))
    told = _data(step, call.raw)
    if step.verdict == "reject":
        return ScanAnswer("reject", step.why, told)
    for place, booked in enumerate(step.books):
        told |= _book(receipt, booked, f"{call.scan_id}:{place}", call)
    if step.done:
        return _act(receipt, step, told, call)
    _store(receipt, step.card)
    if told.get("held"):
        return ScanAnswer("warn", "EXCESS_HELD", told)
    return ScanAnswer(step.verdict, step.why, told)


def _act(receipt: Receipt, step: Step, told: dict[str, Any], call: DockScan) -> ScanAnswer:
    if step.done == "finish":
        return _finish(receipt, told, call)
    if step.done == "undo":
        finishing.undo_last(receipt.pk, actor=call.actor, at=call.at)
    elif step.done == "sample":
        return _answer_sample(receipt, step.qty, told, call)
    elif step.done == "hold":
        return _hold(receipt, step, told, call)
    elif step.done == "dock":
        place = Bin.objects.get(warehouse_id=receipt.asn.warehouse_id, code=_code(call.raw))
        Receipt.objects.filter(pk=receipt.pk).update(dock=place)
    elif step.done == "carton":
        receipt.asn.cartons.filter(sscc=_sscc(parse_scan(call.raw)), arrived_at=None).update(
            arrived_at=call.at
        )
    return ScanAnswer(step.verdict, step.why, told)


def _finish(receipt: Receipt, told: dict[str, Any], call: DockScan) -> ScanAnswer:
    done = finishing.finish(receipt.pk, actor=call.actor, at=call.at)
    if done.state == "finished":
        return ScanAnswer("complete", "RECEIPT_DONE", told, "next")
    receipt.refresh_from_db()
    return ScanAnswer("warn", "SAMPLE_DUE", told | _sample_data(receipt))


def _answer_sample(
    receipt: Receipt, failed_qty: int, told: dict[str, Any], call: DockScan
) -> ScanAnswer:
    sample = next_sample(receipt)
    if sample is None:
        return ScanAnswer("complete", "RECEIPT_DONE", told, "next")
    done = finishing.answer_inspection(
        sample.pk, failed_qty=failed_qty, actor=call.actor, at=call.at
    )
    why = "SAMPLE_FAILED" if done.state == "failed" else "SAMPLE_ANSWERED"
    verdict = "warn" if done.state == "failed" else "complete"
    told = told | {"sku": sample.asn_line.sku.code, "failed": failed_qty}
    following = next_sample(receipt)
    return ScanAnswer(verdict, why, told, "" if following else "next")


def _hold(receipt: Receipt, step: Step, told: dict[str, Any], call: DockScan) -> ScanAnswer:
    found = unidentified.Found(
        warehouse_id=receipt.asn.warehouse_id,
        asn_id=receipt.asn_id,
        sku_id=receipt.pending_sku_id,
        scanned=receipt.pending_code,
        qty=step.qty,
    )
    goods = unidentified.hold(found, event_key=call.scan_id, actor=call.actor, at=call.at)
    _print("receipt_hold_label", f"unidentified:{goods.pk}", call)
    _store(receipt, step.card)
    return ScanAnswer("complete", "GOODS_TAGGED", told | {"tag": goods.number, "qty": goods.qty})


def _book(receipt: Receipt, card: ReceiveCard, key: str, call: DockScan) -> dict[str, Any]:
    sku = Sku.objects.get(code=card.sku_code)
    lines = receiving.receive_line(
        Counted(
            receipt_id=receipt.pk,
            sku_id=sku.pk,
            qty=card.qty,
            kind=card.kind,
            lot_code=card.lot,
            expires_on=card.expires_on,
            approved_by=card.approved_by,
        ),
        event_key=key,
        actor=call.actor,
        at=call.at,
    )
    for line in lines:
        _print_for(line, call)
    held = sum(line.qty for line in lines if line.kind == "over")
    row = AsnLine.objects.get(asn_id=receipt.asn_id, sku=sku)
    told = {"sku": sku.code, "qty": card.qty, "lot": card.lot, "open": row.open_qty}
    return told | ({"held": held} if held else {})


def _print_for(line: ReceiptLine, call: DockScan) -> None:
    """Ask for the tag of held goods, or for the label of a lot that came for the first time."""
    if line.kind != "good":
        _print("receipt_hold_label", f"receipt_line:{line.pk}", call)
    elif line.lot_id is not None and line.lot is not None and line.lot.received_at == line.at:
        _print("lot_label", f"lot:{line.lot_id}", call)


def _print(kind: str, key: str, call: DockScan) -> None:
    # A device without a station of its own has nowhere to print; the page offers the labels.
    if Station.objects.filter(code=call.station_code, is_active=True).exists():
        printing.print_document(
            kind, key, station_code=call.station_code, actor=call.actor, at=call.at
        )


def _store(receipt: Receipt, card: ReceiveCard) -> None:
    known = Sku.objects.filter(code=card.sku_code).first() if card.sku_code else None
    Receipt.objects.filter(pk=receipt.pk, state="open").update(
        step=card.step,
        pending_sku=known,
        pending_code=(card.code or card.approved_by)[:64],
        pending_lot=card.lot[:64],
        pending_expires_on=card.expires_on,
        pending_qty=card.qty,
        pending_kind=card.kind if card.qty else "",
    )


def _read(receipt: Receipt, card: ReceiveCard, call: DockScan) -> Read:
    parsed = parse_scan(call.raw, as_of=call.at.date())
    sscc = _sscc(parsed)
    if parsed.kind == "command":
        return Read("command", parsed.code)
    if _code(call.raw).startswith(PREFIX):
        return _badge(receipt, card, call)
    if sscc and receipt.asn.cartons.filter(sscc=sscc).exists():
        return Read("carton", sscc)
    if card.step == "expiry":
        return _date(card, parsed, call)
    return _goods(receipt, card, parsed, call)


def _goods(receipt: Receipt, card: ReceiveCard, parsed: ParsedScan, call: DockScan) -> Read:
    found = resolving.resolve(call.raw, warehouse_id=receipt.asn.warehouse_id)
    if found.kind == "item":
        return _item(receipt, parsed, found.value, found.qty, call)
    if card.step == "lot":
        # Lots are free text: what names nothing else is the lot on the box.
        return _lot(card, parsed, call)
    if found.kind in {"bin", "tote"}:
        docks = Bin.objects.filter(kind__in=DOCKS, is_active=True, code=found.value)
        is_dock = docks.filter(warehouse=receipt.asn.warehouse).exists()
        return Read("dock" if is_dock else "place", found.value)
    return Read("unknown", found.value)


def _item(receipt: Receipt, parsed: ParsedScan, sku_code: str, units: int, call: DockScan) -> Read:
    sku = Sku.objects.get(code=sku_code)
    announced = receipt.asn.is_unplanned or receipt.asn.lines.filter(sku=sku).exists()
    expires_on = parsed.expires_on
    return Read(
        "item",
        sku.code,
        parsed.lot,
        expires_on,
        units=min(units, 1_000_000),
        is_whole=parsed.qty is not None,
        is_announced=announced and sku.kind not in {"virtual_kit", "service"},
        by_lot=sku.lot_tracked,
        needs_expiry=bool(parsed.lot) and receiving.needs_expiry(sku, parsed.lot),
        life=_life(sku, parsed.lot, expires_on, call.at) if sku.lot_tracked else "fine",
    )


def _lot(card: ReceiveCard, parsed: ParsedScan, call: DockScan) -> Read:
    sku = Sku.objects.get(code=card.sku_code)
    code = parsed.lot or ("" if parsed.kind == "gs1" else _printed(parsed))
    return Read(
        "lot",
        code,
        expires_on=parsed.expires_on,
        needs_expiry=receiving.needs_expiry(sku, code),
        life=_life(sku, code, parsed.expires_on, call.at),
    )


def _printed(parsed: ParsedScan) -> str:
    # A lot of 13 digits may look like a GTIN; it is meant as it is printed.
    code = parsed.raw.strip() if parsed.kind == "gtin" else parsed.code
    return code.removeprefix("LOT-")[:64]


def _date(card: ReceiveCard, parsed: ParsedScan, call: DockScan) -> Read:
    day = parsed.expires_on or read_day(parsed.raw)
    sku = Sku.objects.get(code=card.sku_code)
    return Read(
        "date",
        str(day or ""),
        expires_on=day,
        needs_expiry=True,
        life=_life(sku, card.lot, day, call.at),
    )


def _badge(receipt: Receipt, card: ReceiveCard, call: DockScan) -> Read:
    person = User.objects.filter(badge_code=_code(call.raw), is_active=True).first()
    may = False
    if person is not None:
        principal = principal_for_user(person)
        may = principal.may(APPROVE) and principal.sees_warehouse(receipt.asn.warehouse.code)
    sku = Sku.objects.filter(code=card.sku_code).first()
    life = _life(sku, card.lot, card.expires_on, call.at) if sku else "fine"
    return Read("badge", f"user:{person.pk}" if person else "", is_announced=may, life=life)


def _life(sku: Sku, lot_code: str, expires_on: dt.date | None, at: dt.datetime) -> str:
    known = Lot.objects.filter(sku=sku, code=lot_code).first() if lot_code else None
    if known is not None and expires_on not in {None, known.expires_on}:
        return "conflict"
    return receiving.life_of(sku, known.expires_on if known else expires_on, at)


def _code(raw: str) -> str:
    return raw.strip().upper().removeprefix("BIN-")[:64]


def _sscc(parsed: ParsedScan) -> str:
    found = parsed.get("00")
    return found if isinstance(found, str) else ""


def _sample_data(receipt: Receipt) -> dict[str, Any]:
    sample = next_sample(receipt)
    if sample is None:
        return {}
    return {"sku": sample.asn_line.sku.code, "sample": sample.sample_qty}


def _data(step: Step, raw: str) -> dict[str, Any]:
    card = step.card
    return {
        "scanned": raw.strip()[:64],
        "sku": card.sku_code,
        "lot": card.lot,
        "expires_on": str(card.expires_on or ""),
        "qty": card.qty,
        "sample": card.sample_qty,
    }
