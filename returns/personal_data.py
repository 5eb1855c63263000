"""Which fields of returns are personal, and which only sound so."""

from __future__ import annotations

from core import pii

pii.declare_many("returns.ReturnRequest", {"note": "free_text", "decision_reason": "none"})
pii.declare("returns.ReturnLine", "reason_note", "free_text")
pii.declare_many("returns.ReturnReason", {"name": "none", "name_zh": "none"})
