"""Supplier links, their orders and shipments, and proposals that wait for the buyer."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING

from core import clock, files
from core.actors import SYSTEM, Actor
from core.gs1 import sscc
from inventory.models import Warehouse
from suppliers.domain.answering import WantedChange
from suppliers.models import Asn, ChangeProposal, PurchaseOrder, SupplierClaim
from suppliers.services import (
    answers,
    claims,
    damage_photos,
    supplier_links,
    supplier_shipments,
)
from suppliers.services.answers import AnswerDraft
from suppliers.services.shipment_drafts import ShipmentDraft
from suppliers.services.supplier_shipments import ShipmentRow
from tests.access.objects import ABSENT, Objects, by_pk, kind
from tests.factories import costs
from tests.factories import purchases as buy
from tests.factories import suppliers as docks
from tests.factories.supplier_terms import ORDER_DAY

if TYPE_CHECKING:
    from tests.access.world import World

_numbers = itertools.count(1)
VENDOR = Actor("supplier", 1, "Vendor")


def _sent(code: str) -> PurchaseOrder:
    trade = buy.trade(place=Warehouse.objects.get(code=code))
    sku = buy.goods(trade, f"ANS-{next(_numbers)}")
    return buy.sent(trade, {sku: 10})


def _proposal(code: str) -> ChangeProposal:
    order = _sent(code)
    change = WantedChange(order.lines.get().pk, "PRICE", None, None, Decimal(11))
    draft = AnswerDraft(order_id=order.pk, revision=1, changes=(change,))
    key = f"matrix:{next(_numbers)}"
    return answers.propose(draft, event_key=key, actor=VENDOR, at=buy.NOW).proposal


def _token(order: PurchaseOrder, *, portal: bool = False) -> str:
    named = None if portal else order
    return supplier_links.issue(order.supplier, order=named, actor=SYSTEM, at=clock.now())


@kind("sent-purchase-order")
def _orders(world: World) -> Objects:
    return by_pk(_sent(world.own_warehouse), _sent(world.foreign_warehouse))


@kind("change-proposal")
def _proposals(world: World) -> Objects:
    return Objects(
        lambda principal: {"pk": _proposal(world.own_warehouse).pk},
        lambda: {"pk": _proposal(world.foreign_warehouse).pk},
        {"pk": ABSENT},
    )


@kind("portal-link")
def _portal_link(world: World) -> Objects:
    token = _token(_sent(world.own_warehouse), portal=True)
    return Objects({"token": token}, None, {"token": "0" * 32})


@kind("order-link")
def _order_link(world: World) -> Objects:
    order, other = _sent(world.own_warehouse), _sent(world.own_warehouse)
    token = _token(order)
    return Objects(
        {"token": token, "number": order.number},
        None,
        {"token": token, "number": other.number},
    )


def _announced(world: World, sscc_code: str = "") -> tuple[PurchaseOrder, Asn]:
    order = _sent(world.own_warehouse)
    line = order.lines.get()
    answers.accept(order.pk, revision=1, event_key=f"m:{next(_numbers)}", actor=VENDOR, at=buy.NOW)
    row = ShipmentRow(line.pk, 5, sscc=sscc_code)
    draft = ShipmentDraft(order_id=order.pk, rows=(row,), expected_on=ORDER_DAY)
    return order, supplier_shipments.submit(draft, actor=VENDOR, at=buy.NOW)


@kind("shipment-link")
def _shipment_link(world: World) -> Objects:
    order, asn = _announced(world)
    named = {"token": _token(order), "number": order.number}
    return Objects({**named, "shipment": asn.number}, None, {**named, "shipment": "A-none"})


@kind("carton-link")
def _carton_link(world: World) -> Objects:
    order, asn = _announced(world, sscc("4006381", 990_001))
    named = {"token": _token(order), "number": order.number}
    return Objects({**named, "shipment": asn.number}, None, {**named, "shipment": "A-none"})


def _claimed(world: World) -> SupplierClaim:
    trade = buy.trade(place=Warehouse.objects.get(code=world.own_warehouse))
    sku = buy.goods(trade, f"ANS-{next(_numbers)}")
    asn = costs.announced(trade, buy.sent(trade, {sku: 3}))
    opened = docks.receipt(asn)
    docks.count(opened, sku, 3, kind="damaged")
    docks.finishing.finish(opened.pk, actor=SYSTEM, at=docks.NOW)
    claim = claims.draw_up(asn.pk, actor=SYSTEM, at=buy.NOW)
    return claims.send(claim.pk, actor=SYSTEM, at=buy.NOW)


def _claim_of(claim: SupplierClaim) -> dict[str, object]:
    token = supplier_links.issue(claim.supplier, actor=SYSTEM, at=clock.now())
    return {"token": token, "number": claim.number}


@kind("claim-link")
def _claim_link(world: World) -> Objects:
    named = _claim_of(_claimed(world))
    return Objects(named, None, {**named, "number": "CL-none"})


@kind("claim-photo-link")
def _claim_photo_link(world: World) -> Objects:
    claim = _claimed(world)
    line = claim.lines.select_related("receipt_line").get()
    named = _claim_of(claim)

    def photographed(_principal: str) -> dict[str, object]:
        # Each test has a media folder of its own, so the file is written when it is asked for.
        photo = files.store(b"\xff\xd8\xff claim %d" % next(_numbers), "d.jpeg", "damage-photo")
        damage_photos.add_photo(line.receipt_line_id, photo, actor=SYSTEM, at=buy.NOW)
        return {**named, "line": line.pk}

    return Objects(photographed, None, {**named, "line": ABSENT})
