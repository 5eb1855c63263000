"""Rows of shipping: carriers and rate cards, parcels, labels, tracking, public links."""

from shipping.models.carriers import (
    Carrier,
    CarrierService,
    RateBreak,
    RateCard,
    ShippingZone,
    ZoneCountry,
)
from shipping.models.labels import Label, LabelRequest
from shipping.models.parcels import Parcel, ParcelItem, TrackingEvent
from shipping.models.portal import PortalAttempt, PublicLink, TrackedOrder

__all__ = [
    "Carrier",
    "CarrierService",
    "Label",
    "LabelRequest",
    "Parcel",
    "ParcelItem",
    "PortalAttempt",
    "PublicLink",
    "RateBreak",
    "RateCard",
    "ShippingZone",
    "TrackedOrder",
    "TrackingEvent",
    "ZoneCountry",
]
