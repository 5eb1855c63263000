"""Campaigns, packing rules and inserts on a shelf, brought up by the services."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from core.actors import SYSTEM
from fulfillment.models import Carton, InsertCampaign, PackRule
from fulfillment.services import campaigns, coupons, packing, rules
from inventory.models import Bin, Sku, Warehouse
from inventory.services import stock
from orders.models import Order, Shipment
from tests.factories import fulfillment as floor
from tests.factories import orders as make

NOW = make.NOW
_numbers = itertools.count(1)


def insert(code: str, place: Warehouse, qty: int = 10, **more: Any) -> Sku:
    """Return an insert, tissue or box of 0.10 dollars with units on the pick shelf."""
    given = {"name": code.title(), "kind": "insert", "weight_g": 5, "currency": "USD", **more}
    sku = Sku.objects.create(code=code, **given)
    if qty:
        shelf = Bin.objects.get(warehouse=place, code="A-01")
        line = stock.ReceiveLine(shelf.pk, sku.pk, qty, unit_cost=Decimal("0.10"), currency="USD")
        key = f"test-insert-{next(_numbers)}"
        stock.receive([line], event_key=key, actor=SYSTEM, at=NOW)
    return sku


def campaign(code: str = "SPRING", codes: tuple[str, ...] = (), **more: Any) -> InsertCampaign:
    """Return a running campaign, with coupon codes if any are given."""
    given = {
        "code": code,
        "name": code.title(),
        "kind": "coupon",
        "valid_from_on": NOW.date() - dt.timedelta(days=10),
        "valid_until_on": NOW.date() + dt.timedelta(days=20_000),
        **more,
    }
    row = campaigns.save_campaign(campaigns.CampaignDraft(**given), actor=SYSTEM, at=NOW)
    campaigns.move(row.pk, "active", actor=SYSTEM, at=NOW)
    if codes:
        coupons.load(row, codes, actor=SYSTEM, at=NOW)
    row.refresh_from_db()
    return row


def rule(code: str, sku: str, condition: str = "", *, live: bool = True, **more: Any) -> PackRule:
    """Return a rule, published unless said otherwise."""
    given = {"name": code.title(), **more}
    draft = rules.RuleDraft(code=code, sku=sku, condition=condition, **given)
    row = rules.save_draft(draft, actor=SYSTEM, at=NOW)
    return rules.publish(row.pk, actor=SYSTEM, at=NOW) if live else row


def picked(*lines: Any, **more: Any) -> Order:
    """Return an order whose goods lie in a tote."""
    order = make.place_one(*lines, **more)
    floor.pick_all(floor.release(order))
    return order


def opened(order: Order, at: dt.datetime = NOW) -> Carton:
    """Return the open carton of a picked order."""
    shipment = Shipment.objects.get(order=order)
    return packing.open_carton(
        shipment_id=shipment.pk,
        station_bin_id=floor.bench(shipment.warehouse).pk,
        actor=SYSTEM,
        at=at,
    )
