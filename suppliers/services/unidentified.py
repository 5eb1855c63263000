"""Goods nobody announced: held with a tag, then linked, returned or disposed of (X17)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from core import audit, numbers
from core.actors import Actor
from core.models import StoredFile
from inventory.services.move_facts import BadQuantity
from suppliers.domain import states
from suppliers.models import AsnLine, UnidentifiedGoods
from suppliers.services import arrivals, finishing, receiving
from suppliers.services.drafts import Counted
from suppliers.services.errors import GoodsSettled, PhotoMissing, SupplierMissing


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Units with a code that fits nothing here. `sku_id`: the code is known but not announced."""

    warehouse_id: int
    qty: int
    scanned: str = ""
    asn_id: int | None = None
    sku_id: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What held goods turned out to be; `supplier_id` says who sent goods without an arrival."""

    sku_id: int
    lot_code: str = ""
    expires_on: dt.date | None = None
    supplier_id: int | None = None


@transaction.atomic
def hold(found: Found, *, event_key: str, actor: Actor, at: dt.datetime) -> UnidentifiedGoods:
    """Give the goods a tag (UR-…). A repeated `event_key` returns the first one.

    Raises:
        BadQuantity: less than one unit.
    """
    known = UnidentifiedGoods.objects.filter(event_key=event_key).first()
    if known is not None:
        return known
    if type(found.qty) is not int or found.qty < 1:
        raise BadQuantity(qty=found.qty)
    goods = UnidentifiedGoods.objects.create(
        number=numbers.take("unidentified")[0],
        warehouse_id=found.warehouse_id,
        asn_id=found.asn_id,
        sku_id=found.sku_id,
        scanned=found.scanned[:64],
        event_key=event_key,
        qty=found.qty,
        reason="WRONG_SKU" if found.sku_id else "UNKNOWN_CODE",
        note=found.note[:200],
        held_at=at,
        held_by=actor.key,
    )
    _note(goods, "goods_unidentified", actor, at)
    return goods


@transaction.atomic
def add_photo(goods_id: int, photo: StoredFile, *, actor: Actor, at: dt.datetime) -> None:
    """Keep a picture of held goods; a later one takes its place.

    Raises:
        GoodsSettled: they were settled already.
    """
    goods = _lock(goods_id)
    if goods.state != states.HELD:
        raise _settled(goods)
    goods.photo = photo
    goods.save(update_fields=["photo"])
    _note(goods, "goods_photographed", actor, at)


@transaction.atomic
def link(goods_id: int, found: Link, *, actor: Actor, at: dt.datetime) -> UnidentifiedGoods:
    """Say which SKU (and lot) held goods are: they are received at the dock.

    They count on the line of their arrival while that is open and names the SKU; else they come
    as an unplanned arrival of the supplier.

    Raises:
        GoodsSettled: they were settled already.
        SupplierMissing: neither their arrival nor `found` says who sent them.
        What `receive_line` raises: lot or expiry are missing, or the lot is too old.
    """
    goods = _lock(goods_id)
    state = _after(goods, "link")
    asn_id = _arrival_for(goods, found, actor=actor, at=at)
    receipt = receiving.open_receipt(asn_id, actor=actor, at=at)
    is_fresh = not receipt.lines.exists()
    receiving.receive_line(
        Counted(
            receipt_id=receipt.pk,
            sku_id=found.sku_id,
            qty=goods.qty,
            lot_code=found.lot_code,
            expires_on=found.expires_on,
        ),
        event_key=f"unidentified:{goods.pk}",
        actor=actor,
        at=at,
    )
    if is_fresh:
        finishing.finish(receipt.pk, actor=actor, at=at)
    goods.sku_id = found.sku_id
    _settle(goods, state, actor, at)
    return goods


@transaction.atomic
def send_back(goods_id: int, *, note: str, actor: Actor, at: dt.datetime) -> UnidentifiedGoods:
    """Write down that held goods went back to who sent them.

    Raises:
        GoodsSettled: they were settled already.
        PhotoMissing: nobody took a picture of them.
    """
    return _leave(goods_id, "return", note, actor, at)


@transaction.atomic
def dispose(goods_id: int, *, note: str, actor: Actor, at: dt.datetime) -> UnidentifiedGoods:
    """Write down that held goods were thrown away.

    Raises:
        GoodsSettled: they were settled already.
        PhotoMissing: nobody took a picture of them.
    """
    return _leave(goods_id, "dispose", note, actor, at)


def _leave(goods_id: int, move: str, note: str, actor: Actor, at: dt.datetime) -> UnidentifiedGoods:
    goods = _lock(goods_id)
    state = _after(goods, move)
    if goods.photo_id is None:
        raise PhotoMissing(number=goods.number)
    goods.note = note[:200]
    _settle(goods, state, actor, at)
    return goods


def _arrival_for(goods: UnidentifiedGoods, found: Link, *, actor: Actor, at: dt.datetime) -> int:
    asn = goods.asn
    lines = AsnLine.objects.filter(asn=asn, sku_id=found.sku_id)
    if asn is not None and asn.state in {states.ARRIVED, states.RECEIVING} and lines.exists():
        return asn.pk
    supplier_id = asn.supplier_id if asn else found.supplier_id
    if supplier_id is None:
        raise SupplierMissing(supplier="\N{EM DASH}")
    return arrivals.register_unplanned(
        supplier_id=supplier_id, warehouse_id=goods.warehouse_id, actor=actor, at=at
    ).pk


def _lock(goods_id: int) -> UnidentifiedGoods:
    rows = UnidentifiedGoods.objects.select_for_update(of=("self",)).select_related("asn")
    return rows.get(pk=goods_id)


def _after(goods: UnidentifiedGoods, move: str) -> str:
    try:
        return states.after("unidentified", goods.state, move)
    except states.IllegalMove as error:
        raise _settled(goods) from error


def _settled(goods: UnidentifiedGoods) -> GoodsSettled:
    return GoodsSettled(number=goods.number, state=goods.get_state_display())


def _settle(goods: UnidentifiedGoods, state: str, actor: Actor, at: dt.datetime) -> None:
    goods.state, goods.settled_at, goods.settled_by = state, at, actor.key
    goods.save(update_fields=["state", "sku", "note", "settled_at", "settled_by"])
    _note(goods, f"goods_{state}", actor, at)


def _note(goods: UnidentifiedGoods, action: str, actor: Actor, at: dt.datetime) -> None:
    audit.record(
        actor=actor,
        action=f"suppliers.{action}",
        target=f"unidentified:{goods.pk}",
        after={"number": goods.number, "units": goods.qty, "code": goods.scanned},
        at=at,
    )
