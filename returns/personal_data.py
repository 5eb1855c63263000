"""Which fields of returns are personal, and which only sound so."""

from __future__ import annotations

from core import erasing, pii

pii.declare_many("returns.ReturnRequest", {"note": "free_text", "decision_reason": "none"})
pii.declare("returns.ReturnLine", "reason_note", "free_text")
pii.declare_many("returns.ReturnReason", {"name": "none", "name_zh": "none"})

erasing.part("rma", "returns.ReturnRequest", of={"order_id": "order", "customer_id": "customer"})
erasing.part("return_line", "returns.ReturnLine", of={"request_id": "rma"})
erasing.wipe("returns.ReturnRequest", ["note"], of={"pk": "rma"})
erasing.wipe("returns.ReturnLine", ["reason_note"], of={"request_id": "rma"})
erasing.files("returns.ReturnPhoto", ["file"], of={"request_id": "rma"})
