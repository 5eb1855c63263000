"""Smallest valid rows of shipping, made through the services where there is one."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from typing import Any

from core.actors import SYSTEM
from shipping.domain.label import Party
from shipping.models import Carrier, CarrierService, Parcel
from shipping.services import buying, labels, parcels, portal
from shipping.services.parcels import ItemDraft, Measured, ParcelDraft

NOW = dt.datetime(2026, 4, 22, 9, 30, tzinfo=dt.UTC)
ROTTERDAM = Party(
    company="Mingjian Trading",
    line1="Waalhaven 12",
    postcode="3087",
    city="Rotterdam",
    country="NL",
)
BERLIN = Party(name="Li Wei", line1="Oranienstr. 24", postcode="10997", city="Berlin", country="DE")
TIN = ItemDraft("TEA-ROSE-100", "Rose tea tin 100 g", 2, name_zh="玫瑰花茶", lot_code="R2406")

#: Far from real shipments: a parcel of the same owner and place is the same parcel.
OWNERS_FROM = 700_000
_counter = itertools.count(1)


def make_service(code: str = "GROUND", *, kind: str = "builtin", **fields: Any) -> CarrierService:
    """Return a service of a carrier of its own."""
    carrier, _made = Carrier.objects.get_or_create(
        code=f"carrier-{kind}", defaults={"name": "Quayside Post", "kind": kind}
    )
    defaults = {"carrier": carrier, "name": "Quayside Ground", **fields}
    service, _made = CarrierService.objects.get_or_create(code=code, defaults=defaults)
    return service


def parcel_draft(**changes: Any) -> ParcelDraft:
    """Return the draft of a packed parcel of an order of its own."""
    number = next(_counter)
    draft = ParcelDraft(
        owner_key=f"shipment:{OWNERS_FROM + number}",
        warehouse_code="RTM",
        service_code=make_service().code,
        order_key=f"order:{OWNERS_FROM + number}",
        order_number=str(10_000 + number),
        shipment_number=f"S{number}",
        box_code="B2",
        measured=Measured(940, 240, 180, 120),
        ship_from=ROTTERDAM,
        ship_to=BERLIN,
        items=(TIN,),
        is_verified=True,
    )
    return replace(draft, **changes)


def make_parcel(**changes: Any) -> Parcel:
    """Return a packed and verified parcel without label."""
    return parcels.open_parcel(parcel_draft(**changes), actor=SYSTEM, at=NOW)


def make_labelled(**changes: Any) -> Parcel:
    """Return a parcel with a label of the built-in carrier."""
    parcel = make_parcel(**changes)
    key = f"parcel:{parcel.pk}:1"
    wish = labels.request_label(parcel.pk, request_key=key, actor=SYSTEM, at=NOW)
    buying.purchase_many([wish.pk], now=NOW)
    parcel.refresh_from_db()
    return parcel


def make_shipped(**changes: Any) -> Parcel:
    """Return a labelled parcel that left with the carrier."""
    parcel = make_labelled(**changes)
    parcels.hand_over([parcel.pk], manifest_number="M1", actor=SYSTEM, at=NOW)
    parcel.refresh_from_db()
    return parcel


def publish_order(parcel: Parcel, **changes: Any) -> str:
    """Give the order of a parcel a public view; return its order key."""
    draft = portal.TrackedOrderDraft(
        order_key=parcel.order_key,
        order_number=parcel.order_number,
        email="li.wei@example.com",
        first_name="Wei",
        city="Berlin",
        country="DE",
        items=({"name": TIN.name, "name_zh": TIN.name_zh, "qty": 2},),
        promised_from_on=dt.date(2026, 4, 23),
        promised_by_on=dt.date(2026, 4, 25),
        placed_at=NOW - dt.timedelta(days=2),
    )
    portal.publish_orders([replace(draft, **changes)], at=NOW)
    return parcel.order_key
