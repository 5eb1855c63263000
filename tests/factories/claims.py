"""Orders whose parcel is with a carrier, and what the carrier says of it."""

from __future__ import annotations

import datetime as dt
import itertools

from core.actors import SYSTEM
from orders.models import Order, Shipment
from shipping.domain.label import Party
from shipping.models import Parcel
from shipping.services import buying, labels, parcels, tracking
from shipping.services.parcels import ItemDraft, ParcelDraft
from shipping.services.tracking import TrackingDraft
from tests.factories import orders, returns
from tests.factories.shipping import make_service

#: Wednesday 21 January 2026, 09:00 UTC.
NOW = orders.NOW
_reports = itertools.count(1)


def sent_order(qty: int = 2, *, country: str = "US") -> Order:
    """Return an order of TEA at 10.00 a unit that left LA in one parcel; stock exists before."""
    order = orders.place_one(orders.line("TEA", qty), ship_to=orders.address(country))
    returns.send_off(order)
    return order


def parcel_of(
    order: Order, *, qty: int = 2, at: dt.datetime = NOW, is_handed_over: bool = True
) -> Parcel:
    """Return the labelled parcel of an order's only shipment, handed over at `at`."""
    shipment = Shipment.objects.get(order=order)
    draft = ParcelDraft(
        owner_key=shipment.key,
        warehouse_code=shipment.warehouse.code,
        service_code=make_service().code,
        order_key=order.key,
        order_number=order.number,
        ship_from=Party(name="Quayside", country="US"),
        ship_to=Party(name="Ada Brook", country=order.ship_country),
        items=(ItemDraft("TEA", "Tea", qty),),
        is_verified=True,
    )
    parcel = parcels.open_parcel(draft, actor=SYSTEM, at=at)
    key = f"parcel:{parcel.pk}:1"
    wish = labels.request_label(parcel.pk, request_key=key, actor=SYSTEM, at=at)
    buying.purchase_many([wish.pk], now=at)
    if is_handed_over:
        parcels.hand_over([parcel.pk], manifest_number="M1", actor=SYSTEM, at=at)
    parcel.refresh_from_db()
    return parcel


def scan(parcel: Parcel, status: str, at: dt.datetime) -> None:
    """Let the carrier report something, heard of at once."""
    draft = TrackingDraft(str(parcel.tracking_number), f"E{next(_reports)}", status, at)
    tracking.record_events([draft], at=at)
    parcel.refresh_from_db()
