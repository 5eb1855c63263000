"""Bounds and choices of what is agreed with suppliers."""

from __future__ import annotations

from typing import Final

MOST_LEAD_DAYS: Final = 730
MOST_PAYMENT_DAYS: Final = 365

#: Delivery terms of Incoterms 2020, by their codes.
INCOTERMS: Final = (
    "EXW",
    "FCA",
    "FAS",
    "FOB",
    "CFR",
    "CIF",
    "CPT",
    "CIP",
    "DAP",
    "DPU",
    "DDP",
)
