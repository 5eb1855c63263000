"""Transfers and work orders brought up to a stage by the services."""

from __future__ import annotations

from typing import Any

from core.actors import Actor
from inventory.domain.catalog import BomLineDraft
from inventory.models import Bin, PickFace, Sku, Transfer, TransferPick, Warehouse, WorkOrder
from inventory.services import kits, replenishing, transfer_picking, transfers, work_orders
from inventory.services.replenishing import FaceDraft
from inventory.services.transfers import TransferDraft
from inventory.services.work_orders import WorkOrderDraft
from tests.factories.inventory import NOW, make_bin, make_sku, make_warehouse, put_stock

PLANNER = Actor("user", 101, "Plan Ner")
APPROVER = Actor("user", 102, "App Rover")
WORKER = Actor("user", 103, "Wor Ker")


def plan(source: Warehouse, destination: Warehouse, **units: int) -> Transfer:
    """Plan a transfer of units by SKU code."""
    skus = dict(Sku.objects.filter(code__in=units).values_list("code", "pk"))
    draft = TransferDraft(
        source.pk, destination.pk, [(skus[code], qty) for code, qty in units.items()]
    )
    return transfers.create(draft, actor=PLANNER, at=NOW)


def approve(transfer: Transfer) -> Transfer:
    """Approve it by another person."""
    return transfers.approve(transfer.pk, actor=APPROVER, at=NOW)


def tote_of(place: Warehouse, code: str = "T-001") -> Bin:
    """Return a tote of the warehouse."""
    return Bin.objects.get_or_create(
        warehouse=place, code=code, defaults={"kind": "tote", "is_pickable": False}
    )[0]


def pick(transfer: Transfer, tote: Bin | None = None) -> list[TransferPick]:
    """Pick all of it into one tote."""
    tote = tote or tote_of(transfer.source)
    return [
        transfer_picking.confirm(row.pk, tote_id=tote.pk, actor=WORKER, at=NOW)
        for row in transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)
    ]


def ship(source: Warehouse, destination: Warehouse, **units: int) -> Transfer:
    """Bring a transfer of units by SKU code onto its way."""
    transfer = approve(plan(source, destination, **units))
    pick(transfer)
    return transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)


def assembled_kit(code: str, parts: dict[Sku, int], **fields: Any) -> Sku:
    """Make an assembled kit of the given parts (SKU -> units per kit)."""
    kit = make_sku(code, kind="assembled_kit", **fields)
    kits.save_bom(
        kit.code,
        [BomLineDraft(sku.code, qty) for sku, qty in parts.items()],
        actor=PLANNER,
        at=NOW,
    )
    return kit


def work_order(kit: Sku, place: Warehouse, qty: int, **fields: Any) -> WorkOrder:
    """Plan a work order and send it to the floor."""
    draft = WorkOrderDraft(kit.pk, place.pk, qty, **fields)
    order = work_orders.create(draft, actor=PLANNER, at=NOW)
    return work_orders.release(order.pk, actor=PLANNER, at=NOW)


def empty_face(
    units: int = 20, least: int = 4, most: int = 10, place: Warehouse | None = None
) -> PickFace:
    """Make an empty pick face whose SKU lies in a bulk bin of the warehouse."""
    place, row = place or make_warehouse(), make_sku()
    put_stock(row, units, at_bin=make_bin(place, kind="bulk"))
    face = make_bin(place)
    draft = FaceDraft(face.pk, row.pk, least, most)
    return replenishing.save_faces([draft], actor=PLANNER, at=NOW)[0]
