"""What the floor keeps that is secret or only sounds personal."""

from __future__ import annotations

from core import erasing, pii

pii.declare_many("fulfillment.Station", {"name": "none", "printer_name": "none"})
pii.declare_many(
    "fulfillment.FloorDevice",
    {"name": "none", "code_hash": "secret", "token_hash": "secret"},
)
pii.declare_many("fulfillment.InsertCampaign", {"name": "none", "name_zh": "none"})
pii.declare_many("fulfillment.PackRule", {"name": "none", "name_zh": "none"})
pii.declare_many("fulfillment.Printer", {"name": "none", "address": "none"})
pii.declare("fulfillment.WaveRule", "name", "none")

erasing.part("carton", "fulfillment.Carton", of={"shipment_id": "shipment"})
for _kind in ("order", "shipment", "parcel", "carton", "rma"):
    erasing.files("fulfillment.PrintJob", ["document"], of={"key": f"{_kind}:"})
