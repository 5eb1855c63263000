"""What becomes of the personal data of shipping when a customer is erased."""

from __future__ import annotations

from typing import Any

from core import erasing


def _country_only(address: dict[str, Any]) -> dict[str, Any]:
    """Return the country of an address: figures by country need it, and it names nobody."""
    return {"country": address["country"]} if address.get("country") else {}


erasing.part(
    "parcel",
    "shipping.Parcel",
    of={"order_key": "order:", "owner_key": "rma:"},
)
erasing.wipe("shipping.Parcel", {"ship_to": _country_only, "public_view": {}}, of={"pk": "parcel"})
# Of a return the customer is the sender.
erasing.wipe("shipping.Parcel", {"ship_from": _country_only}, of={"owner_key": "rma:"})
erasing.files("shipping.Label", ["pdf", "zpl"], of={"parcel_id": "parcel"})
erasing.wipe("shipping.TrackingEvent", ["text", "place"], of={"parcel_id": "parcel"})
erasing.remove("shipping.TrackedOrder", of={"order_key": "order:"})
erasing.remove("shipping.PublicLink", of={"order_key": "order:"})
