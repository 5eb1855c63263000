"""Whose parcel is this: a return, an order or nobody's, by whatever is written on it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from orders.models import Order, Shipment
from returns.domain.states import RESOLVED
from returns.models import ReturnRequest
from returns.services import return_labels
from shipping.models import Parcel


@dataclass(frozen=True, slots=True)
class Named:
    """What a code names. `is_undelivered`: the parcel never reached the customer."""

    request_id: int | None = None
    order_id: int | None = None
    shipment_id: int | None = None
    is_undelivered: bool = False

    @property
    def is_unknown(self) -> bool:
        """Say whether the code names nothing of ours."""
        return self.request_id is None and self.order_id is None


def read(raw: str) -> Named:
    """Return what a scanned text names: return, label, parcel, shipment or order. ≤ 6 queries."""
    text = "".join(raw.split()).upper()[:64]
    if not text:
        return Named()
    request = return_labels.resolve(text)
    if request is not None:
        return Named(request.pk, request.order_id)
    parcel = Parcel.objects.filter(Q(tracking_number=text) | Q(number=text)).order_by("-pk").first()
    if parcel is not None:
        return _of_parcel(parcel)
    shipment = Shipment.objects.filter(number=text).first()
    if shipment is not None:
        return _of_shipment(shipment)
    orders = Order.objects.filter(Q(number=text) | Q(external_id=raw.strip()[:80]))
    order = orders.order_by("-pk").first()
    return Named() if order is None else _of_order(order)


def open_request(order_id: int) -> ReturnRequest | None:
    """Return the return of an order that a parcel most likely belongs to: the oldest unfinished."""
    rows = ReturnRequest.objects.filter(order_id=order_id).exclude(status=RESOLVED)
    unseen = Q(lines__kind="expected", lines__received_qty=0) | Q(lines__isnull=True)
    waiting = rows.filter(unseen).distinct()
    return waiting.order_by("requested_at", "pk").first()


def _of_parcel(parcel: Parcel) -> Named:
    kind, _, number = parcel.owner_key.partition(":")
    if not number.isdecimal():
        return Named()
    if kind == "rma":
        request = ReturnRequest.objects.filter(pk=int(number)).first()
        return Named(request.pk, request.order_id) if request else Named()
    shipment = Shipment.objects.filter(pk=int(number)).first() if kind == "shipment" else None
    return _of_shipment(shipment) if shipment else Named()


def _of_shipment(shipment: Shipment) -> Named:
    return Named(None, shipment.order_id, shipment.pk, shipment.status == "shipped")


def _of_order(order: Order) -> Named:
    shipments = list(Shipment.objects.filter(order=order, shipped_at__isnull=False).order_by("pk"))
    if len(shipments) == 1 and shipments[0].status == "shipped":
        return Named(None, order.pk, shipments[0].pk, True)
    return Named(None, order.pk)
