"""Read the rows behind a document: what `domain.documents` then puts on paper.

A key names the row, `carton:17`. Rows that are gone, or keys of another kind, are `NotFound`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.utils.translation import get_language, gettext

from core import money
from core.errors import NotFound
from fulfillment.domain.documents.content import (
    Customs,
    CustomsLine,
    HoldTag,
    ItemLabel,
    PalletLabel,
    PickList,
    PickStop,
    PlaceLabel,
    Slip,
    SlipLine,
)
from fulfillment.models import Carton, CartonLine, PickTask, Wave
from fulfillment.services import customs_values, parcel_drafts
from inventory.models import Bin, Lot, Sku
from orders.models import Order, Shipment
from shipping.models import Parcel
from suppliers.models import ReceiptLine, UnidentifiedGoods

ModelT = TypeVar("ModelT", bound=Model)


def slip(key: str) -> Slip:
    """Return what lies in the carton `carton:ID`."""
    carton, order, lines = _carton(key)
    values = customs_values.carton_values(carton.pk, order)
    number, count = _parcel(carton)
    return Slip(
        order_number=order.number,
        placed_on=_local_day(order.placed_at, carton.shipment),
        parcel_number=number,
        position=carton.number,
        parcel_count=count,
        sender=parcel_drafts.sender_of(carton.shipment.warehouse),
        recipient=parcel_drafts.recipient_of(order),
        currency=order.currency,
        lines=tuple(
            SlipLine(
                sku_code=line.sku.code,
                name=name_of(line.sku),
                qty=line.qty,
                lot_code=line.lot.code if line.lot else "",
                note=_note(line),
                amount=values[line.pk],
            )
            for line in lines
        ),
        gift_message=order.gift_message,
        brand=order.channel.name,
    )


def customs(key: str, at: dt.datetime) -> Customs:
    """Return what customs must know of the carton `carton:ID`, unknown facts left empty."""
    carton, order, lines = _carton(key)
    values = customs_values.carton_values(carton.pk, order)
    parcel = Parcel.objects.filter(pk=carton.parcel_id).first() if carton.parcel_id else None
    number, _count = _parcel(carton)
    return Customs(
        number=number,
        order_number=order.number,
        issued_on=_local_day(carton.closed_at or at, carton.shipment),
        tracking_number=(parcel.tracking_number or "") if parcel else "",
        sender=parcel_drafts.sender_of(carton.shipment.warehouse),
        recipient=parcel_drafts.recipient_of(order),
        currency=order.currency,
        lines=tuple(_customs_line(line, values[line.pk], order) for line in lines),
        gross_g=carton.weight_g or carton.expected_weight_g,
        shipping_amount=money.quantize(order.shipping_amount, order.currency)
        if carton.number == 1
        else Decimal(0),
        is_gift=order.is_gift,
    )


def item_label(key: str) -> ItemLabel:
    """Return the label of `lot:ID` or `sku:ID`."""
    lot = None
    if key.startswith("lot:"):
        lot = _row(Lot, "lot", key, "sku")
        sku = lot.sku
    else:
        sku = _row(Sku, "sku", key)
    gtin = sku.barcodes.filter(kind="ean").order_by("pk").values_list("code", flat=True).first()
    return ItemLabel(
        title=gettext("Lot") if lot else gettext("SKU"),
        sku_code=sku.code,
        name=name_of(sku),
        lot_code=lot.code if lot else "",
        expires_on=lot.expires_on if lot else None,
        gtin=gtin.zfill(14) if gtin and gtin.isdecimal() and len(gtin) <= 14 else "",
    )


def place_label(key: str) -> PlaceLabel:
    """Return the label of `bin:ID`: a bin, a tote or a cart slot."""
    place = _row(Bin, "bin", key, "warehouse", "zone")
    if place.warehouse is None:
        raise NotFound
    return PlaceLabel(
        code=place.code,
        warehouse=place.warehouse.code,
        detail=place.zone.name or place.zone.code if place.zone else "",
    )


def hold_tag(key: str) -> HoldTag:
    """Return the tag of `unidentified:ID` or of the held goods of `receipt_line:ID`."""
    if key.startswith("unidentified:"):
        goods = _row(UnidentifiedGoods, "unidentified", key, "warehouse", "sku")
        found = goods.sku.code if goods.sku else goods.scanned
        units = gettext("%(qty)s units") % {"qty": goods.qty}
        return HoldTag(
            code=goods.number,
            reason=str(goods.get_reason_display()),
            facts=tuple(fact for fact in (f"{found} · {units}", goods.note) if fact),
            held_on=goods.held_at.astimezone(ZoneInfo(goods.warehouse.timezone)).date(),
        )
    line = _row(ReceiptLine, "receipt_line", key, "receipt__asn__warehouse", "sku", "lot")
    units = gettext("%(qty)s units") % {"qty": line.qty}
    lot = f" · {line.lot.code}" if line.lot else ""
    zone = ZoneInfo(line.receipt.asn.warehouse.timezone)
    return HoldTag(
        code=f"{line.receipt.number}-{line.pk}",
        reason=str(line.get_kind_display()),
        facts=(f"{line.sku.code}{lot} · {units}", name_of(line.sku)),
        held_on=line.at.astimezone(zone).date(),
    )


def pallet_label(key: str) -> PalletLabel:
    """Return the logistic label of `shipment:ID:SSCC`."""
    start, _colon, sscc = key.rpartition(":")
    shipment = _row(Shipment, "shipment", start, "order", "warehouse")
    units = gettext("%(qty)s units") % {"qty": shipment.unit_qty}
    return PalletLabel(
        sscc=sscc,
        sender=parcel_drafts.sender_of(shipment.warehouse),
        recipient=parcel_drafts.recipient_of(shipment.order),
        facts=(f"{gettext('Order')} {shipment.order.number}", shipment.number, units),
    )


def pick_list(key: str) -> PickList:
    """Return what is left to pick of `wave:ID`, in walking order."""
    wave = _row(Wave, "wave", key, "warehouse")
    tasks = (
        PickTask.objects.filter(wave=wave, state__in=("open", "skipped"))
        .select_related("bin", "sku", "lot", "tote", "shipment")
        .order_by("sequence", "pk")
    )
    return PickList(
        wave_number=wave.number,
        warehouse=wave.warehouse.code,
        stops=tuple(
            PickStop(
                bin_code=task.bin.code,
                sku_code=task.sku.code,
                name=name_of(task.sku),
                lot_code=task.lot.code if task.lot else "",
                qty=task.qty,
                shipment_number=task.shipment.number,
                tote_code=task.tote.code if task.tote else "",
            )
            for task in tasks
        ),
    )


def name_of(sku: Sku) -> str:
    """Return the SKU's name in the active language, as far as it has one."""
    chinese = (get_language() or "").startswith("zh")
    return sku.name_zh if chinese and sku.name_zh else sku.name


def _carton(key: str) -> tuple[Carton, Order, list[CartonLine]]:
    path = ("shipment__order__channel", "shipment__warehouse")
    carton = _row(Carton, "carton", key, *path)
    lines = (
        CartonLine.objects.filter(carton=carton)
        .select_related("sku", "lot", "shipment_line__order_line__substitute_for")
        .order_by("sku__code", "pk")
    )
    return carton, carton.shipment.order, list(lines)


def _parcel(carton: Carton) -> tuple[str, int]:
    """Return the parcel's number, before it has one the shipment's, and how many there are."""
    parcels = Parcel.objects.filter(pk=carton.parcel_id or 0)
    number = parcels.values_list("number", flat=True).first()
    living = Carton.objects.filter(shipment_id=carton.shipment_id).exclude(state="voided").count()
    return number or f"{carton.shipment.number}-{carton.number}", max(living, carton.number)


def _customs_line(line: CartonLine, paid: Decimal, order: Order) -> CustomsLine:
    sku = line.sku
    value: Decimal | None = paid or None
    if not paid and sku.customs_value and sku.currency in {"", order.currency}:
        # What was free still has a value for customs.
        value = money.quantize(sku.customs_value * line.qty, order.currency)
    return CustomsLine(
        sku_code=sku.code,
        text=sku.customs_text,
        hs_code=sku.hs_code,
        origin=sku.origin_country,
        qty=line.qty,
        value=value,
        weight_g=sku.weight_g * line.qty if sku.weight_g else None,
    )


def _note(line: CartonLine) -> str:
    ordered = line.shipment_line.order_line
    if ordered.substitute_for is not None:
        return gettext("instead of %(sku)s") % {"sku": ordered.substitute_for.sku_code}
    if ordered.kit_position is not None:
        return gettext("part of kit %(number)s") % {"number": ordered.kit_position}
    return ""


def _local_day(moment: dt.datetime, shipment: Shipment) -> dt.date:
    return moment.astimezone(ZoneInfo(shipment.warehouse.timezone)).date()


def _row(model: type[ModelT], kind: str, key: str, *joined: str) -> ModelT:
    given, _colon, number = key.partition(":")
    if given != kind or not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise NotFound
    found = model._default_manager.select_related(*joined).filter(pk=int(number)).first()
    if found is None:
        raise NotFound
    return found
