"""Which fields of returns are personal, and which only sound so."""

from __future__ import annotations

from core import erasing, pii

pii.declare_many("returns.ReturnRequest", {"note": "free_text", "decision_reason": "none"})
pii.declare("returns.ReturnLine", "reason_note", "free_text")
pii.declare_many("returns.ReturnReason", {"name": "none", "name_zh": "none"})
pii.declare_many("returns.PolicyRule", {"name": "none", "name_zh": "none", "condition": "none"})
pii.declare("returns.PolicyBook", "note", "none")

erasing.part("rma", "returns.ReturnRequest", of={"order_id": "order", "customer_id": "customer"})
erasing.part("return_line", "returns.ReturnLine", of={"request_id": "rma"})
erasing.wipe("returns.ReturnRequest", ["note"], of={"pk": "rma"})
erasing.wipe("returns.ReturnLine", ["reason_note"], of={"request_id": "rma"})
erasing.files("returns.ReturnPhoto", ["file"], of={"request_id": "rma"})

pii.declare("returns.Inspection", "note", "free_text")
pii.declare_many("returns.ReturnArrival", {"code": "none"})
pii.declare("returns.ArrivalCount", "description", "none")
pii.declare("returns.ReturnScan", "raw", "none")
erasing.part("return_units", "returns.ReturnUnits", of={"line_id": "return_line"})
erasing.wipe("returns.Inspection", ["note"], of={"units_id": "return_units"})

pii.declare("returns.CustomerMessage", "body", "free_text")
erasing.part("thread", "returns.MessageThread", of={"order_id": "order"})
erasing.files("returns.CustomerMessage", ["photo"], of={"thread_id": "thread"})
erasing.wipe("returns.CustomerMessage", {"body": "-"}, of={"thread_id": "thread"})
erasing.part("draft", "returns.ReturnDraft", of={"order_id": "order"})
erasing.files("returns.ReturnDraftPhoto", ["file"], of={"draft_id": "draft"})
erasing.remove("returns.ReturnDraft", of={"order_id": "order"})

pii.declare("returns.Refund", "note", "free_text")
pii.declare_many("returns.StoreCreditEntry", {"note": "none"})
pii.declare("returns.Recoverable", "settled_reason", "none")
erasing.wipe("returns.Refund", ["note"], of={"order_id": "order"})

pii.declare_many("returns.DeliveryCase", {"words": "free_text", "reason": "none"})
pii.declare_many("returns.CarrierClaim", {"note": "none", "reference": "none"})
erasing.wipe("returns.DeliveryCase", ["words"], of={"order_id": "order"})
