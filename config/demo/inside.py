"""What the demo company moves inside: a transfer on its way, kits to build, a bin to refill."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from config.demo.catalog import DemoSku
from core.actors import Actor
from core.models import User
from inventory.domain.catalog import BinDraft, BomLineDraft, SkuDraft
from inventory.domain.lines import MoveLine
from inventory.models import Bin, BinStock, Sku, Transfer, Warehouse
from inventory.services import (
    catalog,
    places,
    replenishing,
    stock,
    transfer_picking,
    transfers,
    work_orders,
)
from inventory.services.replenishing import FaceDraft
from inventory.services.transfers import TransferDraft
from inventory.services.work_orders import WorkOrderDraft

SET_CODE = "SET-TEA-FOR-TWO"


def _actor(username: str) -> Actor:
    user = User.objects.get(username=username)
    return Actor("user", user.pk, user.get_full_name() or username)


def moves(rows: Sequence[DemoSku], made: Mapping[str, Warehouse], *, at: dt.datetime) -> None:
    """Ship one transfer, plan another, release a work order of kits, plan a refill. Once only."""
    if Transfer.objects.exists():
        return
    teas = [row.code for row in rows if row.lot_tracked][:2]
    cup = next(row.code for row in rows if not row.lot_tracked)
    skus = dict(Sku.objects.filter(code__in=[*teas, cup]).values_list("code", "pk"))
    _transfers(made["SZX"], made["RTM"], [skus[code] for code in (*teas, cup)], at)
    _work_order(made["RTM"], teas[0], cup, at)
    _refill(made["RTM"], skus[cup], at)


def _transfers(source: Warehouse, target: Warehouse, skus: Sequence[int], at: dt.datetime) -> None:
    planner, manager, worker = _actor("lin"), _actor("ada"), _actor("wei")
    lines = [(sku_id, 6) for sku_id in skus]
    on_its_way = transfers.create(
        TransferDraft(source.pk, target.pk, lines, "Spring stock"), actor=planner, at=at
    )
    transfers.approve(on_its_way.pk, actor=manager, at=at)
    crate = Bin.objects.get(warehouse=source, code="T-059")
    for pick in transfer_picking.start(on_its_way.pk, actor=worker, at=at):
        transfer_picking.confirm(pick.pk, tote_id=crate.pk, actor=worker, at=at)
    transfer_picking.ship(on_its_way.pk, actor=worker, at=at)
    transfers.create(TransferDraft(source.pk, target.pk, lines[:1]), actor=planner, at=at)


def _work_order(place: Warehouse, tea: str, cup: str, at: dt.datetime) -> None:
    manager = _actor("marta")
    kit = catalog.save_skus(
        [
            SkuDraft(
                code=SET_CODE,
                name="Tea for two, tin and cups",
                name_zh="双人茶套装",
                kind="assembled_kit",
                lot_tracked=True,
            )
        ],
        actor=manager,
        at=at,
    )[SET_CODE]
    parts = [BomLineDraft(tea, 1), BomLineDraft(cup, 1)]
    catalog.save_bom(SET_CODE, parts, actor=manager, at=at)
    order = work_orders.create(WorkOrderDraft(kit.pk, place.pk, 4), actor=manager, at=at)
    work_orders.release(order.pk, actor=manager, at=at)


def _refill(place: Warehouse, sku_id: int, at: dt.datetime) -> None:
    manager = _actor("marta")
    bulk = places.save_bins(
        place.pk, [BinDraft(code="BULK-1", kind="bulk", pick_sequence=900)], actor=manager, at=at
    )["BULK-1"]
    held = (
        BinStock.objects.present()
        .filter(bin__warehouse=place, bin__kind="pick", sku_id=sku_id, condition="good")
        .order_by("pk")[0]
    )
    spare = (held.qty - held.reserved) // 2
    if spare:
        line = MoveLine(held.bin_id, bulk.pk, sku_id, spare, lot_id=held.lot_id)
        stock.move([line], event_key="demo:bulk", actor=manager, at=at)
    left = held.qty - spare
    face = FaceDraft(held.bin_id, sku_id, left + 1, left + 40)
    replenishing.save_faces([face], actor=manager, at=at)
    replenishing.plan(place.pk, at=at)
