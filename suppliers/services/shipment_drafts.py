"""What an announced shipment is asked to be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from suppliers.domain.shipment_rows import ShipmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentDraft:
    """A shipment of one order. `reference` is the supplier's own number, unique per supplier."""

    order_id: int
    rows: tuple[ShipmentRow, ...]
    expected_on: dt.date | None
    reference: str = ""
    carrier: str = ""
    tracking: str = ""
