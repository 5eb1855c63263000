"""Transfers and work orders brought up to a stage by the services."""

from __future__ import annotations

from core.actors import Actor
from inventory.models import Bin, Sku, Transfer, TransferPick, Warehouse
from inventory.services import transfer_picking, transfers
from inventory.services.transfers import TransferDraft
from tests.factories.inventory import NOW

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


def pick(transfer: Transfer) -> list[TransferPick]:
    """Pick all of it into one tote."""
    tote = tote_of(transfer.source)
    return [
        transfer_picking.confirm(row.pk, tote_id=tote.pk, actor=WORKER, at=NOW)
        for row in transfer_picking.start(transfer.pk, actor=WORKER, at=NOW)
    ]


def ship(source: Warehouse, destination: Warehouse, **units: int) -> Transfer:
    """Bring a transfer of units by SKU code onto its way."""
    transfer = approve(plan(source, destination, **units))
    pick(transfer)
    return transfer_picking.ship(transfer.pk, actor=WORKER, at=NOW)
