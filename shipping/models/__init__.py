"""Rows of shipping: carriers and rate cards, parcels, labels, tracking, public links."""

from core import pii
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

# The address of a recipient stands in one JSON field; what the public page shows is "name" only.
pii.declare_many(
    "shipping.Parcel", {"ship_to": "contact", "public_view": "name", "ship_from": "none"}
)
pii.declare_many("shipping.ParcelItem", {"name": "none", "name_zh": "none"})
pii.declare_many("shipping.Carrier", {"name": "none"})
pii.declare_many("shipping.CarrierService", {"name": "none", "name_zh": "none"})
pii.declare_many("shipping.RateCard", {"source_name": "none"})
pii.declare_many("shipping.ZoneCountry", {"postcode_prefix": "none"})
pii.declare_many(
    "shipping.TrackedOrder",
    {"email_hash": "secret", "phone_hash": "secret", "first_name": "name", "city": "name"},
)
pii.declare_many("shipping.PublicLink", {"token_hash": "secret"})
