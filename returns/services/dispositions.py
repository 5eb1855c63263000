"""What may become of returned units, what the rules propose, and the stock entry that does it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from core.actors import Actor
from inventory.domain.places import SCRAP
from inventory.domain.put_away import refusal
from inventory.models import Bin, Sku
from inventory.queries.put_away import shelf_bins
from inventory.services import returning
from inventory.services.lot_expiry import local_day
from inventory.services.returning import GradedLine
from returns.domain import grading
from returns.domain.grading import Goods, Rule
from returns.models import DispositionRule, Inspection, ReturnUnits
from returns.services.arriving import RETURN_BINS
from returns.services.floor_errors import DispositionRefused, ShelfRefused
from suppliers.services import put_aways, return_claims

#: The condition of goods that wait for a repair or a supplier.
SPOILED = "damaged"


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one person may do with some units: `proposed` first, `possible` all, and what to check.

    `open_box` is the SKU opened units are sold as, if there is one.
    """

    possible: tuple[str, ...]
    proposed: str
    checks: tuple[str, ...]
    open_box: Sku | None


def outlook(units: ReturnUnits, grade: str, *, at: dt.datetime) -> Outlook:
    """Return what units of a grade may become; five statements. Without a grade only the checks."""
    rules = _rules(units)
    open_box = next((row.open_box_sku for row in rules if row.open_box_sku is not None), None)
    category = category_of(units)
    goods = Goods(
        units.sku_id,
        category,
        is_sellable=_is_sellable(units, at),
        has_open_box=open_box is not None,
        has_supplier=units.sku_id is not None
        and return_claims.origin_of(units.sku_id, units.lot_id) is not None,
    )
    known = [Rule(row.disposition, row.grade, row.sku_id, row.category) for row in rules]
    proposed = grading.propose(goods, grade, known) if grade else ""
    if is_held(units, at):
        proposed = grading.QUARANTINE
    possible = grading.possible(goods)
    return Outlook(possible, proposed, grading.checklist(category), open_box)


def is_held(units: ReturnUnits, at: dt.datetime) -> bool:
    """Say whether the customer may still ask for goods that nobody announced (X20)."""
    return units.hold_until_on is not None and at.date() < units.hold_until_on


def category_of(units: ReturnUnits) -> str:
    """Return the category of the units' product, empty without one."""
    if units.sku is None or units.sku.product is None:
        return ""
    return str(units.sku.product.category)


def check_bin(units: ReturnUnits, disposition: str, place: Bin) -> None:
    """Refuse a bin that does not fit what is to go there.

    Raises:
        ShelfRefused: another warehouse, no shelf for goods on sale, no return bin for the others.
    """
    if place.warehouse_id != units.bin.warehouse_id or not place.is_active:
        raise ShelfRefused(bin=place.code, why="OTHER_PLACE")
    if disposition not in grading.SELLABLE:
        if place.kind not in RETURN_BINS:
            raise ShelfRefused(bin=place.code, why="NOT_A_RETURN_BIN")
        return
    rows = Bin.objects.select_related("zone").filter(pk=place.pk)
    why = refusal(shelf_bins(rows)[0], put_aways.goods_of(units.sku_id or 0, units.lot_id))
    if why:
        raise ShelfRefused(bin=place.code, why=why)


def suggestions(units: ReturnUnits, disposition: str) -> list[str]:
    """Return the codes of the bins to offer, best first."""
    if disposition in grading.SELLABLE and units.sku_id is not None:
        found = put_aways.suggestions(units.bin.warehouse_id or 0, units.sku_id, units.lot_id)
        return [row.code for row in found]
    return [units.bin.code]


def do(
    row: Inspection, units: ReturnUnits, open_box: Sku | None, *, actor: Actor, at: dt.datetime
) -> str:
    """Book what becomes of inspected units; return the stock event's key, empty without one.

    Raises:
        DispositionRefused: opened goods without a SKU they are sold as, or no bin to go to.
        LotExpired, LotFrozen, BinShort: as the stock service.
    """
    if units.sku_id is None:
        return ""
    target = _target(row, units)
    condition = _condition(row.disposition, units)
    stays = target == units.bin_id and condition == units.condition
    if stays and row.disposition != grading.OPEN_BOX:
        return ""
    made = None
    if row.disposition == grading.OPEN_BOX:
        if open_box is None:
            raise DispositionRefused
        made = open_box.pk
    key = f"inspection:{row.pk}"
    line = GradedLine(
        units.bin_id,
        units.sku_id,
        row.qty,
        target,
        condition,
        units.lot_id,
        made,
        units.condition,
    )
    returning.regrade(
        [line],
        event_key=key,
        reason=f"RETURN_{row.disposition.upper()}",
        undoes=units.take_back_key,
        actor=actor,
        at=at,
    )
    return key


def _target(row: Inspection, units: ReturnUnits) -> int:
    if row.disposition in {grading.SCRAP, grading.DONATE}:
        return SCRAP
    if row.to_bin_id is None:
        if row.disposition in grading.SELLABLE:
            raise DispositionRefused
        return units.bin_id
    return int(row.to_bin_id)


def _condition(disposition: str, units: ReturnUnits) -> str:
    if disposition in grading.SELLABLE:
        return "good"
    if disposition in {grading.REFURBISH, grading.SUPPLIER}:
        return SPOILED
    return str(units.condition)


def _is_sellable(units: ReturnUnits, at: dt.datetime) -> bool:
    lot = units.lot
    if lot is None:
        return True
    day = local_day(units.bin.warehouse, at)
    return lot.status == "good" and (lot.expires_on is None or lot.expires_on >= day)


def _rules(units: ReturnUnits) -> list[DispositionRule]:
    rows = DispositionRule.objects.select_related("open_box_sku").order_by("pk")
    category = category_of(units)
    return [
        row
        for row in rows.filter(sku=units.sku_id)
        | rows.filter(sku=None, category__in=["", category])
        if row.sku_id is None or row.sku_id == units.sku_id
    ]
